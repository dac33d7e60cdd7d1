import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad } from './load/load.ts'
import type { Server } from './servers/server.ts'

/** How a server did under load. */
export interface Measurement {
  readonly answers: number
  readonly requestsPerSecond: number
  /** CPU time of the server process, in microseconds. */
  readonly cpuPerRequest: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Highest resident memory of the server process since its start, in bytes. */
  readonly peakMemory: number
}

export interface Conditions {
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly signal: AbortSignal
}

/**
 * Loads the server with the requests, each on a connection of its own.
 *
 * ```
 * load    ├─ warm-up ─┼────── seconds ──────┼ stop
 * marks               ▲ usage, answers      ▲ usage, answers
 * ```
 *
 * The load goes on beyond the second mark, so that what is under way at a mark is so at both.
 */
export async function measure(
  server: Server,
  requests: readonly string[],
  { seconds, warmUpSeconds, signal }: Conditions,
): Promise<Measurement> {
  const load = await startLoad({ url: server.url, requests }, signal)
  const mark = () => Promise.all([server.usage(), load.mark()])
  try {
    await sleep(warmUpSeconds * 1000, undefined, { signal })
    const [before] = await mark()
    await sleep(seconds * 1000, undefined, { signal })
    const [after, since] = await mark()
    if (since.answers === 0) throw new Error(`got no answer in ${since.seconds.toFixed(1)} s`)
    return {
      answers: since.answers,
      requestsPerSecond: since.answers / since.seconds,
      cpuPerRequest: (after.cpu - before.cpu) / since.answers,
      p50: since.p50,
      p99: since.p99,
      peakMemory: after.peakMemory,
    }
  } finally {
    await load.stop()
  }
}
