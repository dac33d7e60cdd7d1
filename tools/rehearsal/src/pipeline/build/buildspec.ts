import { parse } from 'yaml'
import { RehearsalProblem } from '../../problem.ts'

/** The phases that a buildspec may have, in their order (CodeBuild user guide, "Build specification reference"). */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const
export type PhaseName = (typeof PHASES)[number]

export interface Phase {
  readonly name: PhaseName
  readonly commands: readonly string[]
  /** Run however the commands ended. */
  readonly finally: readonly string[]
}

export interface Buildspec {
  readonly variables: Readonly<Record<string, string>>
  /** The variables that the pipeline is told when the build has ended. */
  readonly exported: readonly string[]
  readonly phases: readonly Phase[]
  /** What the next action gets: files by patterns; nothing where it makes none. */
  readonly artifacts?: { readonly files: readonly string[]; readonly folder: string } | undefined
  /** Folders that the next build finds again. */
  readonly cached: readonly string[]
  /** What stands there and is not done here: told. */
  readonly notPlayed: readonly string[]
}

/** The parts of a buildspec that are played, by where they stand. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  '': ['version', 'env', 'phases', 'artifacts', 'cache'],
  env: ['shell', 'variables', 'exported-variables'],
  phases: PHASES,
  artifacts: ['files', 'base-directory'],
  cache: ['paths'],
}

type Part = Readonly<Record<string, unknown>>

/**
 * @throws {RehearsalProblem} where it has something that is not played: a build that does less than it says would prove
 *   nothing
 */
export function readBuildspec(text: string): Buildspec {
  const spec = partOf(parse(text))
  const { version } = spec
  if (version !== 0.2)
    throw new RehearsalProblem(`the buildspec's version is ${String(version)}; wanted: 0.2`)
  for (const [place, names] of Object.entries(KNOWN))
    checkNames(place, place === '' ? spec : partOf(spec[place]), names)
  const env = partOf(spec['env'])
  if (env['shell'] !== 'bash')
    throw new RehearsalProblem(`the buildspec's shell is ${String(env['shell'])}; wanted: bash`)
  const phases = partOf(spec['phases'])
  const artifacts = spec['artifacts'] === undefined ? undefined : partOf(spec['artifacts'])
  return {
    variables: Object.fromEntries(
      Object.entries(partOf(env['variables'])).map(([name, value]) => [name, String(value)]),
    ),
    exported: listOf(env['exported-variables']),
    phases: PHASES.flatMap((name) => (name in phases ? [phaseOf(name, partOf(phases[name]))] : [])),
    artifacts:
      artifacts === undefined
        ? undefined
        : { files: listOf(artifacts['files']), folder: String(artifacts['base-directory'] ?? '.') },
    cached: listOf(partOf(spec['cache'])['paths']).map((pattern) => folderOf(pattern)),
    notPlayed: runtimesOf(partOf(phases['install'])),
  }
}

function phaseOf(name: PhaseName, phase: Part): Phase {
  checkNames(`phases: ${name}`, phase, [
    'commands',
    'finally',
    ...(name === 'install' ? ['runtime-versions'] : []),
  ])
  return { name, commands: listOf(phase['commands']), finally: listOf(phase['finally']) }
}

/** A machine has the programs that it has. */
function runtimesOf(install: Part): readonly string[] {
  return Object.entries(partOf(install['runtime-versions'])).map(
    ([name, version]) => `${name} ${String(version)}`,
  )
}

/** Only whole folders are kept, by `folder/**\/*` or `folder/*`. */
function folderOf(pattern: string): string {
  const folder = pattern.replace(/(\/\*\*)?\/\*+$/, '')
  if (!folder.includes('*') && !folder.startsWith('/') && !folder.split('/').includes('..')) return folder
  throw new RehearsalProblem(
    `the buildspec's cache has the path ${pattern}; wanted: a folder in the sources, such as .cache/store/**/*`,
  )
}

function checkNames(place: string, part: Part, known: readonly string[]): void {
  const strange = Object.keys(part).find((name) => !known.includes(name))
  if (strange === undefined) return
  const where = place === '' ? '' : `${place}: `
  throw new RehearsalProblem(
    `the buildspec has ${where}${strange}, which is not played; wanted: ${known.join(', ')}`,
  )
}

function partOf(value: unknown): Part {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Part
  throw new RehearsalProblem(`the buildspec has ${JSON.stringify(value)}; wanted: names with values`)
}

function listOf(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map(String)
  throw new RehearsalProblem(`the buildspec has ${JSON.stringify(value)}; wanted: a list`)
}
