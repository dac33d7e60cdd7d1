import { DEPLOYMENT_MINUTES } from '../deployment.ts'
import type { Environment } from '../fields.ts'
import { KEEP_ALIVE, OUTBOX_FLUSH, START } from '../server-times.ts'
import type { Rule } from './rule.ts'

/** ECS replaces all tasks at once where it finds room for twice as many, and else one part after the other. */
const WAVES = 2

/**
 * What happens when a task ends. The load balancer has to notice before the task stops serving, and ECS may kill it only
 * when all is done:
 *
 *     SIGTERM, unready                                                                  SIGKILL
 *     ├── interval × unhealthyThreshold ──┤ no new requests                             │
 *     ├── shutdownDelay ─────────────────────┼── drainTimeout ──┼── outbox ──┤ exits     │
 *     ├── stopTimeout ──────────────────────────────────────────────────────────────────┤
 */
export const TIME_RULES: readonly Rule[] = [
  {
    fields: ['shutdownDelay', 'healthCheckInterval', 'unhealthyThreshold'],
    holds: ({ shutdownDelay, healthCheckInterval, unhealthyThreshold }) =>
      healthCheckInterval * unhealthyThreshold < shutdownDelay,
    wanted: ({ healthCheckInterval, unhealthyThreshold }) =>
      `more than healthCheckInterval × unhealthyThreshold, which is ${healthCheckInterval * unhealthyThreshold}`,
  },
  {
    fields: ['drainTimeout', 'longestRequest'],
    holds: ({ drainTimeout, longestRequest }) => drainTimeout >= longestRequest,
    wanted: ({ longestRequest }) => `at least longestRequest, which is ${longestRequest}`,
  },
  {
    fields: ['stopTimeout', 'shutdownDelay', 'drainTimeout'],
    holds: ({ stopTimeout, shutdownDelay, drainTimeout }) =>
      shutdownDelay + drainTimeout + OUTBOX_FLUSH < stopTimeout,
    wanted: ({ shutdownDelay, drainTimeout }) =>
      `more than shutdownDelay + drainTimeout + ${OUTBOX_FLUSH} for the outbox, which is ${shutdownDelay + drainTimeout + OUTBOX_FLUSH}`,
  },
  {
    fields: ['deregistrationDelay', 'longestRequest'],
    holds: ({ deregistrationDelay, longestRequest }) => deregistrationDelay >= longestRequest,
    wanted: ({ longestRequest }) => `at least longestRequest, which is ${longestRequest}`,
  },
  {
    fields: ['gracePeriod', 'healthCheckInterval', 'healthyThreshold'],
    holds: ({ gracePeriod, healthCheckInterval, healthyThreshold }) =>
      gracePeriod > START + healthCheckInterval * healthyThreshold,
    wanted: ({ healthCheckInterval, healthyThreshold }) =>
      `more than ${START} for the start + healthCheckInterval × healthyThreshold, which is ${START + healthCheckInterval * healthyThreshold}`,
  },
  {
    fields: ['slowStart'],
    holds: ({ slowStart }) => slowStart === 0 || slowStart >= 30,
    wanted: () => '0, or 30 to 900',
  },
  {
    // Else the pipeline undoes a release that is only slow.
    fields: ['deregistrationDelay', 'healthCheckInterval', 'healthyThreshold', 'slowStart', 'stopTimeout'],
    holds: (environment) => WAVES * waveSeconds(environment) <= DEPLOYMENT_MINUTES * 60,
    wanted: (environment) =>
      `${WAVES} × (${START} for the start + healthCheckInterval × healthyThreshold + slowStart + deregistrationDelay + stopTimeout) of at most ${DEPLOYMENT_MINUTES * 60}, which is ${WAVES * waveSeconds(environment)}`,
  },
  {
    // Else the load balancer meets connections that the server has just closed, and answers 502.
    fields: ['idleTimeout'],
    holds: ({ idleTimeout }) => idleTimeout < KEEP_ALIVE,
    wanted: () => `less than the server's keep-alive, which is ${KEEP_ALIVE}`,
  },
  {
    fields: ['idleTimeout', 'longestRequest'],
    holds: ({ idleTimeout, longestRequest }) => idleTimeout > longestRequest,
    wanted: ({ longestRequest }) => `more than longestRequest, which is ${longestRequest}`,
  },
  {
    fields: ['healthCheckTimeout', 'healthCheckInterval'],
    holds: ({ healthCheckTimeout, healthCheckInterval }) => healthCheckTimeout < healthCheckInterval,
    wanted: ({ healthCheckInterval }) => `less than healthCheckInterval, which is ${healthCheckInterval}`,
  },
]

/** Seconds until a part of the tasks has been replaced: the new ones serve, the old ones have gone. */
function waveSeconds(environment: Environment): number {
  const { healthCheckInterval, healthyThreshold, slowStart, deregistrationDelay, stopTimeout } = environment
  return START + healthCheckInterval * healthyThreshold + slowStart + deregistrationDelay + stopTimeout
}
