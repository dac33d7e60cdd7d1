import type { Target } from './target.ts'

/**
 * A target that becomes healthy enters slow start only when there is a healthy target that is not in it, and leaves it
 * after the duration or when it becomes unhealthy. AWS: "Edit target group attributes", slow start mode.
 *
 * @param duration in seconds; 0 for none
 * @param now the clock's milliseconds
 */
export function followHealth(target: Target, others: readonly Target[], duration: number, now: number): void {
  target.slowSince = undefined
  if (target.health.state !== 'healthy' || duration === 0) return
  const isThereAFullOne = others.some(
    (other) => other !== target && other.health.state === 'healthy' && shareOf(other, duration, now) === 1,
  )
  if (isThereAFullOne) target.slowSince = now
}

/** Its part of a full share, from 0 to 1: "linearly increases the number of requests that it can send". */
export function shareOf({ slowSince }: Pick<Target, 'slowSince'>, duration: number, now: number): number {
  if (slowSince === undefined || duration === 0) return 1
  return Math.min(1, (now - slowSince) / (duration * 1000))
}
