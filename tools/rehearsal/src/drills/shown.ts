import { shownTime } from '../rehearsal/steps.ts'
import { DRILLS, type DrillName } from './drills.ts'
import { type LoadReport, phasesOf } from './load/report.ts'
import type { DrillReport } from './run.ts'
import { shownTask } from './stage/changes.ts'

/** What became of requests, and whether what was promised held. */
export function shownReport(report: DrillReport): string {
  const { load, broken, drill, milliseconds } = report
  const { promises } = DRILLS[drill]
  return [
    ...shownLoad(load),
    '',
    ...(broken.length === 0
      ? [`held: ${promises}`]
      : [`broken, promised was: ${promises}`, ...broken.map((line) => `  ${line}`)]),
    `${titleOf(report)}: ${broken.length === 0 ? 'held' : 'broken'}, ${shownTime(milliseconds)}`,
  ].join('\n')
}

/** `spot-interruption --late`. */
export function titleOf({ drill, isLate }: Pick<DrillReport, 'drill' | 'isLate'>): string {
  return isLate ? `${drill} --late` : drill
}

/** One that was not played says why. */
export interface Skipped {
  readonly drill: DrillName
  readonly isLate: boolean
  readonly why: string
}

export function shownTable(reports: readonly (DrillReport | Skipped)[]): string {
  return aligned([
    ['drill', 'verdict', 'requests', 'failed', 'retry later', 'longest wait'],
    ...reports.map((report) => {
      if ('why' in report) return [titleOf(report), `not played: ${report.why}`]
      const { requests, failed, retryLater, longest } = report.load
      return [
        titleOf(report),
        report.held ? 'held' : 'BROKEN',
        String(requests),
        String(failed - retryLater),
        String(retryLater),
        shownWait(longest?.milliseconds ?? 0),
      ]
    }),
  ]).join('\n')
}

export function shownList(): string {
  return Object.entries(DRILLS)
    .map(([name, { about, needs, promises }]) =>
      [
        name,
        `  ${about}`,
        `  promised: ${promises}`,
        ...(needs === 'nothing' ? [] : [`  needs ${needs}`]),
      ].join('\n'),
    )
    .join('\n')
}

function shownLoad(load: LoadReport): readonly string[] {
  const { requests, heldBack, answers, failed, retryLater, instances, longest, carts } = load
  const list = (counts: Readonly<Record<string, number>>, shown = (name: string): string => name): string =>
    Object.entries(counts)
      .map(([name, count]) => `${count} × ${shown(name)}`)
      .join(', ')
  return [
    `requests   ${requests}${heldBack === 0 ? '' : `, ${heldBack} not sent as too many were open`}`,
    `answers    ${list(answers)}`,
    `failed     ${failed} (5xx or cut off)${retryLater === 0 ? '' : `, ${retryLater} of them 503 with Retry-After`}`,
    `by task    ${list(instances, shownTask)}`,
    `carts      ${carts.count}: ${carts.lost} lost, ${carts.invented} invented, ${carts.stale} stale`,
    ...(longest === undefined
      ? []
      : [
          `longest    ${shownWait(longest.milliseconds)}, to ${longest.act} ${longest.phase} it (${longest.outcome})`,
        ]),
    '',
    ...aligned([
      ['phase', 'requests', 'failed', 'p50', 'p99', 'longest wait'],
      ...phasesOf(load).map(([phase, { requests, failed, p50, p99, longest }]) => [
        phase,
        String(requests),
        String(failed),
        shownWait(p50),
        shownWait(p99),
        shownWait(longest),
      ]),
    ]),
  ]
}

/** @param milliseconds shown as such below a second */
function shownWait(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`
}

/** The first column to the left, as many as there are of the others to the right; a sentence at the end as it is. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number =>
    Math.max(...rows.filter((row) => row.length > 2).map((row) => row[column]?.length ?? 0))
  const first = Math.max(...rows.map(([name = '']) => name.length))
  return rows.map(([name = '', ...rest]) =>
    rest.length === 1
      ? `${name.padEnd(first)}  ${rest[0]}`
      : [name.padEnd(first), ...rest.map((cell, index) => cell.padStart(width(index + 1)))].join('  '),
  )
}
