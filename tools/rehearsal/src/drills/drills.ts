import { badRelease } from './bad-release.ts'
import { dynamodbDown } from './dynamodb-down.ts'
import { dynamodbThrottle } from './dynamodb-throttle.ts'
import { goodRelease } from './good-release.ts'
import { killTask } from './kill-task.ts'
import { redisDown } from './redis-down.ts'
import { redisFailover } from './redis-failover.ts'
import { rotateSecret } from './rotate-secret.ts'
import { scale } from './scale.ts'
import { spotInterruption } from './spot-interruption.ts'
import type { Drill } from './stage/stage.ts'

/** Everything that can be made to happen to a running rehearsal. */
export const DRILLS = {
  'kill-task': killTask,
  'redis-failover': redisFailover,
  'redis-down': redisDown,
  'rotate-secret': rotateSecret,
  scale,
  'bad-release': badRelease,
  'good-release': goodRelease,
  'dynamodb-throttle': dynamodbThrottle,
  'dynamodb-down': dynamodbDown,
  'spot-interruption': spotInterruption,
} as const satisfies Readonly<Record<string, Drill>>

export type DrillName = keyof typeof DRILLS

export const DRILL_NAMES = Object.keys(DRILLS) as readonly DrillName[] // the table has no others

export function isDrill(name: string): name is DrillName {
  return Object.hasOwn(DRILLS, name)
}
