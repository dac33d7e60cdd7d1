import type { Step } from './explore.ts'

/** As text: one line for each step, one column for each process, a last one for everything else. */
export function drawTimeline(steps: readonly Step<unknown>[], processes: readonly string[]): string {
  const columns = [...processes, 'elsewhere']
  const rows = steps.map(({ who, what }) => {
    const own = processes.indexOf(who)
    return columns.map((_, column) => {
      if (own === -1) return column === processes.length ? `${who} ${what}` : ''
      return column === own ? what : ''
    })
  })
  const widths = columns.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const lines = [columns, ...rows].map((row, index) => {
    const number = index === 0 ? '  ' : String(index).padStart(2)
    return [number, ...row.map((cell, column) => cell.padEnd(widths[column] ?? 0))].join('  ').trimEnd()
  })
  return `${lines.join('\n')}\n`
}
