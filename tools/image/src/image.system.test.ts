import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findOrInstall, freePort } from '@cartwright/test-servers'
import { buildImage } from './build.ts'
import { DOCKERFILE, makeContext, SBOM } from './context.ts'
import { Engine } from './engine/engine.ts'
import { makeNodeBase } from './node-base.ts'
import { type ImageConfig, readImageConfig } from './oci/image-config.ts'
import { readLayout } from './oci/layout.ts'
import { readManifest } from './oci/manifest.ts'
import { unpackLayer } from './oci/unpack.ts'

// The Dockerfile, built and run for real, without a daemon and without a registry: by buildah in a chroot, on this machine's Node.

/** It tells of what hangs. */
const PATIENCE = 5 * 60_000
const RELEASE = '1f2e3d4c5b6a79880716253443526170819293a4'

let folder: string
let engine: Engine
let name: string
let config: ImageConfig
/** The image's file system, as it lies on this machine. */
let root: string
const started: ChildProcess[] = []

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'image-test-'))
  const buildah = await findOrInstall('buildah')
  if (buildah === undefined) {
    throw new Error(
      'images cannot be built here; wanted: buildah, and root: sudo apt-get install --no-install-recommends buildah',
    )
  }
  // Images of their own, which go with the folder.
  const own = ['--storage-driver', 'vfs', '--root', path.join(folder, 'images'), '--runroot', folder]
  engine = new Engine('buildah', [buildah, ...own])
  name = `localhost/cart-api:${RELEASE}`
  await buildImage({ engine, name, release: RELEASE, nodeImage: await makeNodeBase(engine) })
  config = await engine.config(name)
  const container = (await engine.run(['from', name])).trim()
  root = (await engine.run(['mount', container])).trim()
}, PATIENCE)

afterAll(async () => {
  for (const child of started) child.kill('SIGKILL')
  await engine.run(['umount', '--all'])
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}, PATIENCE)

/** A program in the image, as the image's user, with nothing of this machine's but its network. */
function start(command: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const own = Object.fromEntries(config.Env.map((one) => one.split(/=(.*)/s).slice(0, 2) as [string, string]))
  const [user, group] = config.User.split(':')
  const [program = '', ...words] = command
  // A chroot begins at the root, wherever the image does.
  const args = words.map((word) =>
    word.startsWith('dist/') ? path.posix.join(config.WorkingDir, word) : word,
  )
  // Not found by the image's own PATH.
  const child = spawn(
    '/usr/sbin/chroot',
    [`--userspec=${user}:${group}`, root, `/usr/local/bin/${program}`, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...own, ...environment },
    },
  )
  started.push(child)
  return child
}

async function output(command: readonly string[], environment?: Readonly<Record<string, string>>) {
  const child = start(command, environment)
  const said = [child.stdout, child.stderr].map(async (stream) => (await stream?.toArray())?.join('') ?? '')
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said: (await Promise.all(said)).join('') }
}

test('says what it is, of which commit, and how it is looked after', () => {
  expect(config).toMatchObject({
    User: '1000:1000',
    WorkingDir: '/app',
    Cmd: ['node', '--max-semi-space-size=6', '--heap-growing-percent=25', 'dist/main.js'],
    Labels: {
      'org.opencontainers.image.title': 'cart-api',
      'org.opencontainers.image.revision': RELEASE,
    },
    Healthcheck: { Test: ['CMD', 'node', '--eval', expect.stringContaining('/health')] },
  })
  expect(config.Env).toEqual(expect.arrayContaining([`RELEASE=${RELEASE}`, 'NODE_ENV=production']))
})

test('is pinned to the Node that the tests run on', () => {
  const [, version] = /^ARG NODE_IMAGE=\S+:(\d+\.\d+\.\d+)-/m.exec(readFileSync(DOCKERFILE, 'utf8')) ?? []

  expect(`v${version}`).toBe(process.version)
})

describe('what is in it', () => {
  test('is the bundle, the catalog and the list of packages, and nothing that is needed for building', () => {
    const files = execFileSync('ls', ['-A', path.join(root, 'app')], { encoding: 'utf8' })
      .trim()
      .split('\n')

    expect(files).toEqual(['catalog', 'compile-cache', 'dist', 'package.json', SBOM])
  })

  test('belongs to root, and the server may change nothing of it', async () => {
    const writable = await output([
      'node',
      '--eval',
      `const found = []
       for (const file of ['/app', ...fs.globSync('/app/**/*'), '/usr', '/usr/local/bin/node']) {
         try { fs.accessSync(file, fs.constants.W_OK); found.push(file) } catch {}
       }
       console.log(JSON.stringify({ user: process.getuid(), found }))`,
    ])

    expect(JSON.parse(writable.said)).toEqual({ user: 1000, found: [] })
  })

  test('is listed: every package that the bundle is made of', () => {
    const bom = JSON.parse(readFileSync(path.join(root, 'app', SBOM), 'utf8')) as {
      bomFormat: string
      components: { name: string; group?: string; version: string }[]
    }
    const names = bom.components.map(({ group, name: own }) =>
      group === undefined ? own : `${group}/${own}`,
    )

    expect(bom.bomFormat).toBe('CycloneDX')
    expect(names).toEqual(
      expect.arrayContaining(['express', 'pino', 'jose', '@redis/client', '@aws-sdk/client-dynamodb']),
    )
  })

  test('holds nothing of this machine: no path of it, no setting', () => {
    const repository = path.resolve(import.meta.dirname, '../../..')
    const { status, stdout } = spawnSync('grep', ['-rlF', repository.slice(1), path.join(root, 'app')], {
      encoding: 'utf8',
    })

    // 1: it looked, and found none.
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(config.Env.map((one) => one.split('=')[0]).toSorted()).toEqual(
      ['NODE_COMPILE_CACHE', 'NODE_ENV', 'PATH', 'RELEASE'].toSorted(),
    )
  })
})

test('serves, tells its release, is healthy by its own check, and ends by SIGTERM', async () => {
  const { port, metadata, server } = await serve()
  const check = config.Healthcheck?.Test.slice(1) ?? []
  const healthy = await output(check, { PORT: port })
  const ended = once(server, 'exit')
  server.kill('SIGTERM')

  expect(metadata).toMatchObject({ release: RELEASE })
  expect(healthy).toEqual({ code: 0, said: '' })
  expect(await ended).toEqual([0, null])
  expect(await output(check, { PORT: port })).toEqual({ code: 1, said: '' })
})

test('starts from the code that the build has kept', async () => {
  const { server, took } = await serve({ NODE_DEBUG_NATIVE: 'COMPILE_CACHE' })
  server.kill('SIGKILL')
  const said = (await server.stderr?.toArray())?.join('') ?? ''
  const without = await serve({ NODE_DISABLE_COMPILE_CACHE: '1' })
  without.server.kill('SIGKILL')

  expect(said).toMatch(/cache for .*dist\/main\.js.* was accepted/)
  // For whoever reads the log of the tests.
  console.log(
    `from its start to the first 200: ${took} ms, ${without.took} ms without kept code; ` +
      `${directorySize(root)} MB with Node, ${directorySize(path.join(root, 'app'))} MB without`,
  )
})

test('is saved as it is, its health check included: what a registry gets, and what is pulled from there', async () => {
  const [saved, unpacked] = [path.join(folder, 'layout'), path.join(folder, 'unpacked')]
  mkdirSync(unpacked)

  await engine.save(name, saved)

  const layout = readLayout(saved)
  const { Cmd, Env, WorkingDir, User, Labels, Healthcheck } = config
  expect(readImageConfig(readFileSync(layout.config.file, 'utf8'))).toMatchObject({
    ...{ Cmd, Env, WorkingDir, User, Labels, Healthcheck },
    Entrypoint: [],
  })
  expect(layout.layers.length).toBeGreaterThan(1)
  const types = readManifest(layout.manifest, saved).layers.map(({ mediaType }) => mediaType)
  for (const [at, { file }] of layout.layers.entries())
    await unpackLayer({ file, mediaType: types[at] ?? '' }, unpacked)
  // Without /tmp, to which the servers above have written.
  for (const part of ['app', 'usr']) {
    const both = [path.join(root, part), path.join(unpacked, part)]
    const { status, stdout } = spawnSync('diff', ['-r', '--brief', ...both], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
  }
})

test('an image whose server cannot start is not made', async () => {
  const context = path.join(folder, 'broken')
  await makeContext(context)
  const dockerfile = path.join(folder, 'Dockerfile')
  execFileSync('sh', ['-c', `echo 'throw new Error("broken")' > ${path.join(context, 'dist/main.js')}`])
  execFileSync('cp', [DOCKERFILE, dockerfile])

  const building = engine.build({
    dockerfile,
    context,
    name: 'localhost/broken:1',
    args: { NODE_IMAGE: 'localhost/cartwright-node' },
  })

  await expect(building).rejects.toThrow(/the server does not start/)
})

/** Starts the server, and waits for its first answer. */
async function serve(environment: Readonly<Record<string, string>> = {}) {
  const port = String(await freePort())
  const began = performance.now()
  const settings = { PORT: port, HOST: '127.0.0.1', DATA_DIR: '/tmp/data', SHUTDOWN_DELAY_MS: '0' }
  const server = start(config.Cmd, { ...settings, ...environment })
  const answer = await firstAnswer(`http://127.0.0.1:${port}/metadata`)
  const took = Math.round(performance.now() - began)
  return { port, server, took, metadata: (await answer.json()) as unknown }
}

/** The test's own time limit ends it. */
async function firstAnswer(url: string): Promise<Response> {
  for (;;) {
    const got = await fetch(url).catch(() => undefined)
    if (got?.ok) return got
    await sleep(5)
  }
}

/** In megabytes. */
function directorySize(folder: string): string {
  return execFileSync('du', ['-sm', folder], { encoding: 'utf8' }).split('\t')[0] ?? ''
}
