import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { ECR } from '@aws-sdk/client-ecr'
import { DeployProblem } from '@cartwright/deploy/problem'
import type { Tell } from '@cartwright/deploy/tell'
import {
  buildImage,
  type Engine,
  findEngine,
  ImageProblem,
  type Layout,
  makeNodeBase,
  NODE_BASE,
  pushImage,
  readLayout,
} from '@cartwright/image'

export interface BuildOptions {
  readonly ecr: ECR
  readonly repositoryName: string
  /** The commit. */
  readonly tag: string
  /** What it is made on; `own`: this machine's Node. @default the Dockerfile's */
  readonly nodeImage: string | undefined
  /** As ECS calls what tasks run on: `ARM64`. */
  readonly architecture: string
  /** Whether it is pushed although it is for another one. */
  readonly despiteArchitecture: boolean
  /** Called when it is built, before it is pushed: ends with a throw where it is not to be. */
  readonly check: () => Promise<void>
  readonly tell: Tell
}

/** How images call what tasks run on (API reference: RuntimePlatform). */
const ARCHITECTURES: Readonly<Record<string, string>> = { ARM64: 'arm64', X86_64: 'amd64' }

/**
 * Builds the image of the sources as they are, and pushes it.
 *
 * @throws {DeployProblem} where it cannot be built, or tasks could not run it
 */
export async function buildAndPush(options: BuildOptions): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cartwright-release-'))
  const clear = (): void => rmSync(folder, { recursive: true, force: true })
  // Also where a signal ends it.
  process.once('exit', clear)
  // Programs here keep what they write to themselves; in an image it is another user's to read.
  const umask = process.umask(0o022)
  try {
    const layout = await build(options, path.join(folder, 'image'))
    checkArchitecture(layout, options)
    await options.check()
    const { ecr, repositoryName, tag, tell } = options
    tell(`pushes ${repositoryName}:${tag}`)
    await pushImage({ ecr, layout, repositoryName, tag, hear: (line) => tell(`  ${line}`) })
  } catch (error) {
    throw error instanceof ImageProblem ? new DeployProblem(error.message, { cause: error }) : error
  } finally {
    process.umask(umask)
    process.off('exit', clear)
    clear()
  }
}

async function build({ tag, nodeImage, tell }: BuildOptions, folder: string): Promise<Layout> {
  const engine = findEngine()
  // A name of this run alone: `npm run image` calls its own by the commit, and they are the user's.
  const name = `cartwright/release-${process.pid}:${tag}`
  const isOwn = nodeImage === 'own'
  const baseBefore = isOwn ? await idOf(engine, NODE_BASE) : undefined
  tell(`builds the image ${tag} by ${engine.name}`)
  try {
    const base = isOwn ? await makeNodeBase(engine) : nodeImage
    await buildImage({ engine, name, release: tag, nodeImage: base, hear: (line) => tell(`  ${line}`) })
    await engine.save(name, folder)
  } finally {
    await attempt(engine, removing(engine, name))
    if (isOwn) await putBack(engine, NODE_BASE, baseBefore)
  }
  return readLayout(folder)
}

/** Leaves a name as it was before something was made by it. */
async function putBack(engine: Engine, name: string, before: string | undefined): Promise<void> {
  const made = await idOf(engine, name)
  if (made === undefined || made === before) return
  if (before !== undefined) await attempt(engine, ['tag', before, name])
  await attempt(engine, removing(engine, before === undefined ? name : made))
}

async function idOf(engine: Engine, name: string): Promise<string | undefined> {
  const told = await attempt(engine, ['images', '--quiet', '--no-trunc', name])
  return told?.trim() || undefined
}

/** Not by force: what others use stays. */
function removing(engine: Engine, image: string): readonly string[] {
  return engine.name === 'docker' ? ['image', 'rm', image] : ['rmi', image]
}

/** What is left behind is no failure of a release, and an image whose build failed is not there. */
function attempt(engine: Engine, command: readonly string[]): Promise<string | undefined> {
  return engine.run(command).catch(() => undefined)
}

function checkArchitecture({ config }: Layout, options: BuildOptions): void {
  const { architecture, despiteArchitecture } = options
  // OCI image specification, "Image Configuration".
  const { architecture: built } = JSON.parse(readFileSync(config.file, 'utf8')) as { architecture?: string }
  const wanted = ARCHITECTURES[architecture] ?? architecture
  if (built === wanted || despiteArchitecture) return
  throw new DeployProblem(
    `the image is for ${built}, and tasks run on ${wanted}: they could not start; wanted: a build for ${wanted} ` +
      `(DOCKER_DEFAULT_PLATFORM=linux/${wanted} where Docker emulates it, or the pipeline), or --despite-architecture`,
  )
}
