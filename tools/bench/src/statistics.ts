/** Several values of one figure. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Median and range; the median is what one disturbed round among several does not move. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const [min] = sorted
  const max = sorted.at(-1)
  if (min === undefined || max === undefined) throw new Error('got no values; wanted: at least one')
  const middle = (sorted.length - 1) / 2
  const lower = sorted[Math.floor(middle)] ?? min
  const upper = sorted[Math.ceil(middle)] ?? max
  return { median: (lower + upper) / 2, min, max }
}

/**
 * How many times `a` is `b`, compared within each round: what disturbs a whole round (another program, a slower
 * clock) is in both sides and cancels out.
 */
export function pairedRatio(a: readonly number[], b: readonly number[]): Spread {
  if (a.length !== b.length) throw new Error(`got ${a.length} and ${b.length} values; wanted: pairs`)
  return spread(a.map((value, index) => value / (b[index] ?? Number.NaN)))
}
