import { completeStacks } from '../test/stacks.ts'
import { KINDS } from './kinds.ts'
import type { Outcome } from './outcome.ts'
import { COUNT, SEED, type Tried, tried } from './tried.ts'

/** What the documentation shows of the random mutations: how many of each kind are found, and why the others are not. */
export async function mutationTable(): Promise<string> {
  return tableOf(tried(await completeStacks(), SEED, COUNT))
}

/** Counts by kind, the share that does not pass, and the reasons of what does, as Markdown. */
export function tableOf(all: readonly Tried[]): string {
  const row = (name: string, some: readonly Tried[]) => {
    const [found, stale, accepted, none] = (['found', 'stale', 'accepted', 'not a finding'] as const).map(
      (is) => countOf(some, is),
    )
    return `| ${name} | ${some.length} | ${found} | ${stale} | ${accepted} | ${none} |`
  }
  const stopped = countOf(all, 'found') + countOf(all, 'stale')
  return [
    `Of ${all.length} mutations ${stopped} end \`npm run policy\`: ${Math.round((stopped / all.length) * 100)} %.`,
    '',
    '| kind | made | found | an exception becomes stale | accepted | not a finding |',
    '|---|--:|--:|--:|--:|--:|',
    ...KINDS.map(({ id }) =>
      row(
        id,
        all.filter(({ mutation }) => mutation.kind === id),
      ),
    ),
    row('**all**', all),
    '',
    '| why it passes | mutations | such as |',
    '|---|--:|---|',
    ...reasonsOf(all).map(
      ([reason, some]) => `| ${reason} | ${some.length} | ${some[0] === undefined ? '' : said(some[0])} |`,
    ),
  ].join('\n')
}

/** A mutation in one line. */
export function said({ mutation: { stack, path, what } }: Pick<Tried, 'mutation'>): string {
  return `${stack} ${path}: ${what}`.replaceAll('|', '\\|')
}

/** Why mutations pass, the commonest first. */
function reasonsOf(all: readonly Tried[]): readonly (readonly [string, readonly Tried[]])[] {
  const reasons = new Map<string, Tried[]>()
  for (const one of all) {
    const reason = whyPassed(one.outcome)
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), one])
  }
  return [...reasons].toSorted(([, one], [, other]) => other.length - one.length)
}

function whyPassed(outcome: Outcome): string | undefined {
  if (outcome.is === 'not a finding') return outcome.reason
  if (outcome.is === 'missed') return '**nobody knows**'
  if (outcome.is === 'accepted')
    return `accepted: ${[...new Set(outcome.exceptions.map(({ rule }) => `\`${rule}\``))].join(', ')}`
  return
}

function countOf(all: readonly Tried[], is: Outcome['is']): number {
  return all.filter(({ outcome }) => outcome.is === is).length
}
