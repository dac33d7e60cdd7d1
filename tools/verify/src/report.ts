import type { FaultCounts } from './breaking.ts'
import type { FaultName } from './faults.ts'
import type { Options } from './options.ts'
import type { RunResult } from './run.ts'

/** What is going to be done. */
export function headingOf(options: Options): string {
  const { store, runs, operations, processes, clients, seed, faults, mutant } = options
  return (
    `${store}: ${runs} runs of ${operations} operations, ${processes} processes, ${clients} clients, seed ${seed}, ` +
    `faults: ${faults.join(', ') || 'none'}${mutant === undefined ? '' : `, mutant: ${mutant}`}`
  )
}

/** One run: a line, and below it everything that cannot be explained. */
export function told({
  seed,
  answered,
  unknown,
  replayed,
  hits,
  faults,
  events,
  violations,
  isUndecided,
  milliseconds,
}: RunResult): string {
  const verdict =
    violations.length > 0
      ? `${violations.length} VIOLATIONS`
      : isUndecided
        ? 'UNDECIDED: the search for an explanation was given up'
        : 'all explained'
  const line =
    `seed ${seed}: ${answered} answered (${replayed} again, ${hits} from the cache), ${unknown} unknown, ${events} events, ${faultsText(faults)}, ` +
    `${(milliseconds / 1000).toFixed(1)} s: ${verdict}`
  return [line, ...violations.map((violation) => violation.replace(/^/gm, '  '))].join('\n')
}

/** All runs together. */
export function summaryOf(results: readonly RunResult[]): string {
  const sum = (count: (result: RunResult) => number) => results.reduce((total, one) => total + count(one), 0)
  const faults: FaultCounts = {}
  for (const [name, count] of results.flatMap((result) => Object.entries(result.faults))) {
    // The entries of a record of faults.
    const fault = name as FaultName
    faults[fault] = (faults[fault] ?? 0) + count
  }
  const lines = [
    `${results.length} runs from seed ${results[0]?.seed}: ${sum(({ answered }) => answered)} operations answered ` +
      `(${sum(({ replayed }) => replayed)} again, carried out before; ${sum(({ hits }) => hits)} from the cache), ${sum(({ unknown }) => unknown)} with unknown outcome, ${sum(({ events }) => events)} events delivered`,
    `faults: ${faultsText(faults)}`,
    `${sum(({ violations }) => violations.length)} violations, ${sum(({ isUndecided }) => Number(isUndecided))} undecided`,
  ]
  return lines.join('\n')
}

function faultsText(faults: Readonly<FaultCounts>): string {
  const texts = Object.entries(faults).map(([name, count]) => `${name} ${count}`)
  return texts.join(', ') || 'no faults'
}
