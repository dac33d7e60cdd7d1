import { readCompleted, readEnvironments } from '@cartwright/environments'
import { readStacks, type StackJson } from '@cartwright/infra/stack-json'
import { type Accepted, exceptionsOf } from './exception.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { judge } from './judge.ts'
import type { Options } from './options.ts'
import { json } from './report/json.ts'
import { sarif } from './report/sarif.ts'
import { table } from './report/table.ts'
import { RULES } from './rules/index.ts'

/** What is told, and whether nothing is wrong. */
export interface Verdict {
  readonly report: string
  readonly isSound: boolean
}

/**
 * Judges the stacks that are asked for.
 *
 * @param variables what may give the fields that only the user knows
 * @param tell what is made up, a line each
 * @throws {BadStacks} when a folder has none
 * @throws {BadEnvironments} when there is nothing to synthesise
 */
export async function policy(
  { from, isComplete, isStrict, format, isVerbose }: Options,
  variables: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): Promise<Verdict> {
  const { stacks, exceptions } =
    from === undefined ? await own(isComplete, variables, tell) : await elsewhere(from, variables)
  const judged = judge(stacks, RULES, isStrict ? [] : exceptions)
  // Whoever made a folder may have given what an exception waits for.
  const judgement = from === undefined ? judged : { ...judged, stale: [] }
  const report = {
    table: () => table(judgement, isVerbose),
    json: () => json(judgement),
    sarif: () => sarif(judgement),
  }
  return { report: report[format](), isSound: judgement.findings.length + judgement.stale.length === 0 }
}

interface Judged {
  readonly stacks: readonly StackJson[]
  readonly exceptions: readonly Accepted[]
}

/** The stacks of a folder, and what is accepted of this repository's environments of their names. */
async function elsewhere(folder: string, variables: NodeJS.ProcessEnv): Promise<Judged> {
  const stacks = readStacks(folder)
  return { stacks, exceptions: exceptionsOf(EXCEPTIONS, await readEnvironments(variables)) }
}

/** The stacks of this repository, and what is accepted of them. */
async function own(
  isComplete: boolean,
  variables: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): Promise<Judged> {
  const environments = await readCompleted(variables, isComplete, tell)
  const { stacksOf } = await import('@cartwright/infra/stacks')
  return { stacks: stacksOf(environments), exceptions: exceptionsOf(EXCEPTIONS, environments) }
}
