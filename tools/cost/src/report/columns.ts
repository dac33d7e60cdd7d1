/** Dollars with two decimals; a dash for nothing at all. */
export function money(usd: number): string {
  if (usd === 0) return '-'
  return usd < 0.005 ? '<0.01' : usd.toFixed(2)
}

const FIGURE = /^(<?[\d.]+|-)$/

/** Rows with their columns below each other: figures, and what stands above them, to the right. */
export function aligned(rows: readonly (readonly string[])[], indent = ''): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  )
  const isFigures = widths.map((_, at) => rows.some((row) => FIGURE.test(row[at] ?? '')))
  const fitted = (cell: string, at: number): string =>
    isFigures[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)
  return rows.map((row) => `${indent}${row.map(fitted).join('  ')}`.trimEnd())
}
