import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Environment } from './fields.ts'
import { betweenPipelines } from './promotions.ts'
import { BadEnvironments, type FoundFile, readEnvironment } from './read.ts'
import { overlap } from './subnets.ts'

/** Where the environments of this repository are. */
const FOLDER = path.resolve(import.meta.dirname, '..')

/** The variable that names another folder of environments' files. */
const FOLDER_VARIABLE = 'CARTWRIGHT_ENVIRONMENTS'

/**
 * Reads every environment: each TypeScript file of the folder is one, named after it. No list names them.
 *
 * @param variables what may give the fields that only the user knows (variables.ts)
 * @throws {BadEnvironments} with all findings of all files
 */
export async function readEnvironments(
  variables: Readonly<Record<string, string | undefined>> = {},
  folder: string = variables[FOLDER_VARIABLE] || FOLDER,
): Promise<readonly Environment[]> {
  const files = await Promise.all(filesOf(folder).map((file) => load(folder, file)))
  const names = files.map(({ name }) => name)
  const read = files.map((file) => readEnvironment(file, variables, names))
  const environments = read.flatMap(({ environment }) => environment ?? [])
  const findings = [
    ...read.flatMap((one) => one.findings),
    ...betweenEnvironments(environments, folder, new Set(names)),
  ]
  if (files.length === 0) findings.push(`${folder} has no environment; wanted: a file such as dev.ts`)
  if (findings.length > 0) throw new BadEnvironments(findings)
  return environments
}

/** By name, so that what is made of them comes in the same order everywhere. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('.d.ts'))
    .toSorted()
}

async function load(folder: string, file: string): Promise<FoundFile> {
  const loaded: { default?: unknown } = await import(pathToFileURL(path.resolve(folder, file)).href)
  return { name: path.basename(file, '.ts'), file: shown(folder, file), fields: loaded.default }
}

/** How messages name a file: those of this repository by their place in it. */
function shown(folder: string, file: string): string {
  return path.join(folder === FOLDER ? path.basename(FOLDER) : folder, file)
}

/**
 * The rules between files.
 *
 * @param names of all environments, also of those whose files cannot be used
 */
function betweenEnvironments(
  environments: readonly Environment[],
  folder: string,
  names: ReadonlySet<string>,
): string[] {
  const fileOf = (name: string): string => shown(folder, `${name}.ts`)
  return environments.flatMap((environment, index) => {
    const { name, project, promotesFrom, cidr } = environment
    const findings = environments
      .slice(0, index)
      .filter((other) => overlap(other.cidr, cidr))
      .map(
        (other) => `${fileOf(name)}: cidr is "${cidr}"; wanted: no address of ${other.name}, ${other.cidr}`,
      )
    if (promotesFrom !== '' && !names.has(promotesFrom)) {
      findings.push(
        `${fileOf(name)}: promotesFrom is "${promotesFrom}"; wanted: one of ${[...names].join(', ')}`,
      )
    }
    findings.push(
      ...betweenPipelines(environment, environments).map((finding) => `${fileOf(name)}: ${finding}`),
    )
    const first = environments[0]
    // They share the account's and region's state backend, which is named after the project.
    if (first !== undefined && first.project !== project) {
      findings.push(
        `${fileOf(name)}: project is "${project}"; wanted: "${first.project}", as in ${fileOf(first.name)}`,
      )
    }
    return findings
  })
}
