/** The first wait, in milliseconds. AWS does not tell its steps; these double. */
const FIRST = 10_000
/** The longest wait, in milliseconds: 27 minutes. */
const LONGEST = 27 * 60_000
/** So many failed starts in a row are no accident. */
const FAILURES = 3

/**
 * How long the next start waits when tasks never reach RUNNING (developer guide, "Amazon ECS service throttle logic"). Tasks
 * that reached it and ended, or that fail health checks, are not throttled.
 *
 * @param failures starts that failed in a row
 * @returns milliseconds
 */
export function throttle(failures: number): number {
  return failures < FAILURES ? 0 : Math.min(FIRST * 2 ** (failures - FAILURES), LONGEST)
}
