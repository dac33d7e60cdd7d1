import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Project } from '@aws-sdk/client-codebuild'
import { takeRole } from '../../clients/index.ts'
import { RehearsalProblem } from '../../problem.ts'
import { type ArtifactStore, CLONE_FILE, type Files, type Location } from '../artifacts.ts'
import { type Commit, checkOut } from '../checkout.ts'
import type { DeliveryClients } from '../clients.ts'
import type { Workshop } from '../workshop.ts'
import { BuildLog } from './build-log.ts'
import { type Buildspec, readBuildspec } from './buildspec.ts'
import { BuildCache } from './cache.ts'
import { type Ended, runCommands } from './machine.ts'

/** What a build begins with: a clone of a commit, where the artifact says so, or the artifact's files. */
export interface Sources extends Commit {
  readonly from: Location
}

export interface BuildOptions {
  readonly clients: DeliveryClients
  readonly workshop: Workshop
  /** Of a build that was started: its id. */
  readonly id: string
  readonly project: Project
  readonly overrides?: Readonly<Record<string, string>>
  /** @default none */
  readonly sources?: Sources | undefined
  readonly artifacts: ArtifactStore
  /** What the artifact is called that it makes. @default it makes none */
  readonly output?: string | undefined
  readonly signal: AbortSignal
  /** Told what it does. */
  readonly note: (line: string) => void
}

export interface Built extends Ended {
  readonly artifact?: Location | undefined
  /** The last that it said. */
  readonly said: readonly string[]
}

/** How many of the last lines are told of a build that failed. */
const LAST_LINES = 40

/**
 * Carries out a build that was started: its role, its declared environment, its sources, its commands, its log, its artifact.
 * The emulator is told what becomes of it.
 */
export async function runBuild(options: BuildOptions): Promise<Built> {
  try {
    const built = await carryOut(options)
    await tellEnd(options, built)
    return built
  } catch (error) {
    await tellEnd(options, { status: 'FAILED', exported: {} })
    throw error
  }
}

async function carryOut(options: BuildOptions): Promise<Built> {
  const { clients, workshop, id, project, note } = options
  const role = await takeRole(clients, project.serviceRole ?? '', 'codebuild.amazonaws.com')
  const own = clients.as(role)
  const buildspec = readBuildspec(project.source?.buildspec ?? '')
  for (const one of buildspec.notPlayed) note(`${one} is asked for; this machine has what it has`)
  const stream = id.split(':').at(-1) ?? id
  const log = await BuildLog.open(own.logs, project.logsConfig?.cloudWatchLogs?.groupName ?? '', stream)
  const folder = workshop.buildFolder(stream)
  const sources = path.join(folder, 'src')
  const cache = new BuildCache(path.join(workshop.folder, 'cache', project.name ?? ''))
  const said: string[] = []
  const hear = (line: string): void => {
    log.write(line)
    workshop.hear(line)
    said.push(line)
    if (said.length > LAST_LINES) said.shift()
  }
  try {
    mkdirSync(sources, { recursive: true })
    const commit = await layOut(options, own, sources)
    cache.restore(sources, buildspec.cached)
    const ended = await runCommands({
      buildspec,
      sources,
      folder,
      environment: environmentOf(options, buildspec, { sources, commit }, role),
      guard: workshop.guard,
      patience: (project.timeoutInMinutes ?? 60) * 60_000,
      signal: options.signal,
      hear,
      begins: (command) => {
        note(shownCommand(command))
        log.write(`[Container] Running command ${command}`)
      },
    })
    // What was killed may have left half of a file.
    if (ended.status === 'SUCCEEDED' || ended.status === 'FAILED') cache.keep(sources, buildspec.cached)
    const artifact =
      ended.status === 'SUCCEEDED' ? await handOver(options, own, buildspec, sources) : undefined
    await log.close()
    return { ...ended, artifact, said }
  } finally {
    await log.close().catch(() => undefined)
    await workshop.clear(folder)
  }
}

/** @returns the commit that was cloned; nothing where the artifact's files are all there is */
async function layOut(
  { sources, artifacts }: BuildOptions,
  own: DeliveryClients,
  folder: string,
): Promise<string | undefined> {
  if (sources === undefined) return undefined
  const files = await artifacts.get(own.s3, sources.from)
  if (CLONE_FILE in files) {
    await checkOut(sources, folder)
    return sources.commit
  }
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return undefined
}

async function handOver(
  { artifacts, output }: BuildOptions,
  own: DeliveryClients,
  { artifacts: declared }: Buildspec,
  sources: string,
): Promise<Location | undefined> {
  if (output === undefined) return undefined
  if (declared === undefined)
    throw new RehearsalProblem(
      `the buildspec makes no artifact; wanted: one, which the pipeline calls ${output}`,
    )
  const base = path.join(sources, declared.folder)
  const found = declared.files.flatMap((pattern) => {
    const names = globSync(pattern, { cwd: base }).filter((name) => statSync(path.join(base, name)).isFile())
    if (names.length === 0)
      throw new RehearsalProblem(`no file matches ${pattern}; wanted: the artifact's files`)
    return names
  })
  const files: Files = Object.fromEntries(found.map((name) => [name, readFileSync(path.join(base, name))]))
  return await artifacts.put(own.s3, output, files)
}

/** "Environment variables in build environments", and what leads the programs to the emulator. */
function environmentOf(
  { clients, workshop, id, project, overrides = {} }: BuildOptions,
  { variables }: Buildspec,
  { sources, commit }: { readonly sources: string; readonly commit: string | undefined },
  role: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string },
): Readonly<Record<string, string>> {
  const { region, endpoint } = clients.place
  const declared = (project.environment?.environmentVariables ?? []).map(
    ({ name, value, type = 'PLAINTEXT' }) => {
      if (type === 'PLAINTEXT') return [name, value]
      throw new RehearsalProblem(
        `${project.name} takes ${name} from ${type}, which is not played; wanted: PLAINTEXT`,
      )
    },
  )
  return {
    ...workshop.environment(path.dirname(sources)),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_SESSION_TOKEN: role.sessionToken,
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_SRC_DIR: sources,
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_RESOLVED_SOURCE_VERSION: commit ?? '',
    ...variables,
    ...Object.fromEntries(declared),
    ...overrides,
  }
}

async function tellEnd({ id, workshop }: BuildOptions, { status, exported }: Ended): Promise<void> {
  await workshop.reportBuild({
    id,
    buildStatus: status,
    currentPhase: 'COMPLETED',
    buildComplete: true,
    exportedEnvironmentVariables: Object.entries(exported).map(([name, value]) => ({ name, value })),
  })
}

/** Its first line; of a block the first that does something. */
function shownCommand(command: string): string {
  const lines = command.split('\n').map((line) => line.trim())
  const first = lines.find((line) => !['', '(', 'set -euo pipefail'].includes(line)) ?? ''
  const cut = first.length > 100 ? `${first.slice(0, 99)}…` : first
  return lines.length > 1 && !cut.endsWith('…') ? `${cut} …` : cut
}
