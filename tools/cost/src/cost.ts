import { BadOptions } from '@cartwright/deploy/program'
import { type Environment, readCompleted, STATE_BACKEND } from '@cartwright/environments'
import { sum } from '@cartwright/infra/cost'
import { readStacks, type StackJson } from '@cartwright/infra/stack-json'
import { type Bill, billOf, total } from './bill.ts'
import type { Options } from './options.ts'
import { json } from './report/json.ts'
import { tables } from './report/tables.ts'
import { type Saving, savings } from './savings.ts'

/** What a month costs, and what could be saved of it. */
export interface Costs {
  /** Requests a second. */
  readonly traffic: number
  readonly bills: readonly Bill[]
  readonly savings: readonly Saving[]
}

/**
 * The costs of the environments that are asked for, as a report.
 *
 * @param variables what may give the fields that only the user knows
 * @param tell what is made up, a line each
 * @throws {BadStacks} when a folder has none
 * @throws {BadEnvironments} when there is nothing to synthesise
 * @throws {BadOptions} when there is no such environment
 */
export async function cost(
  options: Options,
  variables: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): Promise<string> {
  const costs =
    options.from === undefined
      ? await costsOf(await readCompleted(variables, options.isComplete, tell), options)
      : {
          traffic: options.traffic,
          bills: inOrder(
            asked(readStacks(options.from), options).map((stack) => billOf(stack, options.traffic)),
          ),
          savings: [],
        }
  return options.isJson ? json(costs) : tables(costs, options.isVerbose)
}

/** @throws {BadOptions} when there is no such environment */
export async function costsOf(
  environments: readonly Environment[],
  options: Pick<Options, 'environments' | 'traffic'>,
): Promise<Costs> {
  const { stacksOf } = await import('@cartwright/infra/stacks')
  const billsOf = (of: readonly Environment[]): readonly Bill[] =>
    asked(stacksOf(of), options).map((stack) => billOf(stack, options.traffic))
  const totals = (bills: readonly Bill[]) => new Map(bills.map((bill) => [bill.name, total(bill)]))
  const bills = billsOf(environments)
  return {
    traffic: options.traffic,
    bills: inOrder(bills),
    savings: savings(environments, totals(bills), (changed) => totals(billsOf(changed))),
  }
}

/** The stacks of the environments that are asked for; state backends cost cents. */
function asked(
  stacks: readonly StackJson[],
  { environments }: Pick<Options, 'environments'>,
): readonly StackJson[] {
  const all = stacks.filter(({ name }) => !name.startsWith(STATE_BACKEND))
  const names = all.map(({ name }) => name)
  const strange = environments.find((name) => !names.includes(name))
  if (strange !== undefined)
    throw new BadOptions(`there is no environment "${strange}"; wanted: one of ${names.join(', ')}`)
  return environments.length === 0 ? all : all.filter(({ name }) => environments.includes(name))
}

/** The cheapest first: as people think of them, however many there are. */
function inOrder(bills: readonly Bill[]): readonly Bill[] {
  return bills.toSorted((a, b) => sum(a.fixed) - sum(b.fixed))
}
