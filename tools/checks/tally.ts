/** How many tests passed and failed; types and lint count as one test each. */
export interface Tally {
  readonly passed: number
  readonly failed: number
}

/** The last line of `npm test`, which other programs read. */
export function summaryLine({ passed, failed }: Tally): string {
  return `${passed} passed, ${failed} failed`
}

export function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.reduce((total, { failed }) => total + failed, 0),
  }
}

/** What one check that is not made of tests counts as. */
export function oneCheck(succeeded: boolean): Tally {
  return succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}
