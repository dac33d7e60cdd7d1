import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Project } from '@aws-sdk/client-codebuild'
import { takeRole } from '../../clients/index.ts'
import { RehearsalProblem } from '../../problem.ts'
import type { ArtifactStore, Files, Location } from '../artifacts.ts'
import { checkOut } from '../checkout.ts'
import type { DeliveryClients } from '../clients.ts'
import type { Workshop } from '../workshop.ts'
import { BuildLog } from './build-log.ts'
import { type Buildspec, readBuildspec } from './buildspec.ts'
import { BuildCache } from './cache.ts'
import { type Ended, runCommands } from './machine.ts'

/** What a build begins with: a clone of the sources at a commit, the files of an artifact, or nothing. */
export type Sources =
  | { readonly kind: 'clone'; readonly repository: string; readonly commit: string; readonly from: Location }
  | { readonly kind: 'artifact'; readonly from: Location }
  | { readonly kind: 'none' }

export interface BuildOptions {
  readonly clients: DeliveryClients
  readonly workshop: Workshop
  /** Of a build that was started: its id. */
  readonly id: string
  readonly project: Project
  readonly overrides?: Readonly<Record<string, string>>
  readonly sources: Sources
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
  const { clients, workshop, id, project, note } = options
  const role = await takeRole(clients, project.serviceRole ?? '', 'codebuild.amazonaws.com')
  const own = clients.as(role)
  const buildspec = readBuildspec(project.source?.buildspec ?? '')
  for (const one of buildspec.notPlayed) note(`${one} is asked for; this machine has what it has`)
  const stream = id.split(':').at(-1) ?? id
  const log = await BuildLog.open(own.logs, project.logsConfig?.cloudWatchLogs?.groupName ?? '', stream)
  const folder = path.join(workshop.folder, 'builds', stream)
  const sources = path.join(folder, 'src')
  mkdirSync(sources, { recursive: true })
  const cache = new BuildCache(path.join(workshop.folder, 'cache', project.name ?? ''))
  const said: string[] = []
  const hear = (line: string): void => {
    log.write(line)
    workshop.hear(line)
    said.push(line)
    if (said.length > LAST_LINES) said.shift()
  }
  try {
    await layOut(options, own, sources)
    cache.restore(sources, buildspec.cached)
    const ended = await runCommands({
      buildspec,
      sources,
      folder,
      environment: environmentOf(options, buildspec, sources, role),
      guard: workshop.guard,
      patience: (project.timeoutInMinutes ?? 60) * 60_000,
      signal: options.signal,
      hear,
      begins: (command) => note(shownCommand(command)),
    })
    cache.keep(sources, buildspec.cached)
    const artifact =
      ended.status === 'SUCCEEDED' ? await handOver(options, own, buildspec, sources) : undefined
    await log.close()
    await tellEnd(options, ended, log)
    return { ...ended, artifact, said }
  } catch (error) {
    await tellEnd(options, { status: 'FAILED', exported: {} }, log)
    throw error
  } finally {
    await workshop.clear()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function layOut(
  { sources, artifacts }: BuildOptions,
  own: DeliveryClients,
  folder: string,
): Promise<void> {
  if (sources.kind === 'none') return
  const files = await artifacts.get(own.s3, sources.from)
  if (sources.kind === 'clone') return checkOut(sources, folder)
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
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
  { clients, workshop, id, project, overrides = {}, sources }: BuildOptions,
  { variables }: Buildspec,
  folder: string,
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
    ...workshop.environment(path.dirname(folder)),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_SESSION_TOKEN: role.sessionToken,
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_SRC_DIR: folder,
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_RESOLVED_SOURCE_VERSION: sources.kind === 'clone' ? sources.commit : '',
    ...variables,
    ...Object.fromEntries(declared),
    ...overrides,
  }
}

async function tellEnd(
  { id, workshop }: BuildOptions,
  { status, exported }: Ended,
  log: BuildLog,
): Promise<void> {
  await workshop.reportBuild({
    id,
    buildStatus: status,
    currentPhase: 'COMPLETED',
    buildComplete: true,
    exportedEnvironmentVariables: Object.entries(exported).map(([name, value]) => ({ name, value })),
    logs: { groupName: log.group, streamName: log.stream },
  })
}

/** Its first line; of a block the first that does something. */
function shownCommand(command: string): string {
  const lines = command.split('\n').map((line) => line.trim())
  const first = lines.find((line) => !['', '(', 'set -euo pipefail'].includes(line)) ?? ''
  const cut = first.length > 100 ? `${first.slice(0, 99)}…` : first
  return lines.length > 1 && !cut.endsWith('…') ? `${cut} …` : cut
}
