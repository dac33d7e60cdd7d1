// What stands for `docker` in builds that are played, without a daemon and without a registry that speaks Docker's protocol:
//
//   docker login --username AWS --password-stdin <registry>
//   docker build --file <file> --build-arg K=V … --tag <image> <folder>     by Docker where it runs, else by buildah
//   docker push <image>                                                     by ECR's API, with the build's own rights
//
// It notes in STAND_IN_FOLDER where it is logged in and what it has built; `clear` removes that.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { ECR } from '@aws-sdk/client-ecr'
import { Engine, findEngine, ImageProblem, makeNodeBase, pushImage, readLayout } from '@cartwright/image'

const folder = process.env['STAND_IN_FOLDER'] ?? ''
// On the build's own, `docker` is this one.
process.env['PATH'] = process.env['STAND_IN_PATH'] ?? process.env['PATH']
const [command = '', ...args] = process.argv.slice(2)

interface Notes {
  readonly registries: readonly string[]
  readonly images: readonly string[]
  readonly base?: string
}

const NOTES = path.join(folder, 'built')

function read(): Notes {
  // Written below.
  return existsSync(NOTES)
    ? (JSON.parse(readFileSync(NOTES, 'utf8')) as Notes)
    : { registries: [], images: [] }
}

function note(more: Partial<Notes>): void {
  writeFileSync(NOTES, JSON.stringify({ ...read(), ...more }))
}

/** Buildah keeps whole copies of layers: in this folder, so that they go with it. */
function engine(): Engine {
  const found = findEngine()
  if (found.name === 'docker') return found
  const storage = [...['--root', path.join(folder, 'storage')], ...['--runroot', path.join(folder, 'run')]]
  return new Engine('buildah', ['buildah', '--storage-driver', 'vfs', ...storage])
}

/** What an image is called here: the name that it has in the account may be one of the user's. */
function localName(image: string): string {
  const { repositoryName, tag } = partsOf(image)
  return `localhost/rehearsed/${repositoryName}:${tag}`
}

/** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>` */
function partsOf(image: string): { registry: string; repositoryName: string; tag: string } {
  const [, registry, repositoryName, tag] = /^([^/]+)\/([^:]+):([\w.-]+)$/.exec(image) ?? []
  if (registry === undefined || repositoryName === undefined || tag === undefined)
    throw new ImageProblem(`"${image}" is no image of a registry; wanted: <registry>/<repository>:<tag>`)
  return { registry, repositoryName, tag }
}

async function login(): Promise<void> {
  const { positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { username: { type: 'string' }, 'password-stdin': { type: 'boolean' } },
  })
  const [registry = ''] = positionals
  const given = (await text(process.stdin)).trim()
  const { authorizationData = [] } = await new ECR().getAuthorizationToken({})
  const token = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64').toString()
  if (`AWS:${given}` !== token) throw new ImageProblem(`${registry} refuses: unauthorized`)
  note({ registries: [...read().registries, registry] })
  console.log('Login Succeeded')
}

async function build(): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      tag: { type: 'string' },
      'build-arg': { type: 'string', multiple: true },
    },
  })
  const { file = 'Dockerfile', tag = '', 'build-arg': pairs = [] } = values
  const [context = '.'] = positionals
  const name = localName(tag)
  const own = engine()
  const given = process.env['STAND_IN_NODE_IMAGE']
  const base = given ?? read().base ?? (await makeNodeBase(own))
  note({ ...(given === undefined ? { base } : {}), images: [...read().images, name] })
  await own.build({
    dockerfile: file,
    context,
    name,
    args: { NODE_IMAGE: base, ...Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2))) },
    hear: (line) => console.log(line),
  })
}

async function push(): Promise<void> {
  const [image = ''] = args
  const { registry, repositoryName, tag } = partsOf(image)
  if (!read().registries.includes(registry))
    throw new ImageProblem(`${registry} refuses: no basic auth credentials; wanted: docker login before`)
  mkdirSync(folder, { recursive: true })
  const layout = mkdtempSync(path.join(folder, 'layout-'))
  try {
    await engine().save(localName(image), layout)
    const digest = await pushImage({ ecr: new ECR(), layout: readLayout(layout), repositoryName, tag })
    console.log(`${tag}: digest: ${digest}`)
  } finally {
    rmSync(layout, { recursive: true, force: true })
  }
}

/** All that was built; what it was made on is needed again. */
async function clear(): Promise<void> {
  const { images } = read()
  const own = engine()
  for (const name of images) {
    const remove = own.name === 'docker' ? ['image', 'rm', '--force', name] : ['rmi', '--force', name]
    // One whose build failed is not there.
    await own.run(remove).catch(() => undefined)
  }
  note({ images: [], registries: [] })
}

const COMMANDS: Readonly<Record<string, () => Promise<void>>> = { login, build, push, clear }

try {
  const wanted = COMMANDS[command]
  if (wanted === undefined)
    throw new ImageProblem(`docker ${command} is not played; wanted: ${Object.keys(COMMANDS).join(', ')}`)
  await wanted()
} catch (error) {
  if (!(error instanceof Error)) throw error
  console.error(`docker: ${error.message}`)
  process.exitCode = 1
}
