// The load generator: a process of its own, so that its work is not in the server's figures. Asked once with a plan
// it opens the connections; every later question marks a moment.

import { createHistogram } from 'node:perf_hooks'
import { openConnection } from './connection.ts'

/** What to send where. */
export interface Plan {
  /** `http://host:port`. */
  readonly url: string
  /** One connection for each, which repeats it. */
  readonly requests: readonly string[]
}

/** What has happened since the last mark. */
export interface Mark {
  readonly answers: number
  readonly seconds: number
  /** Milliseconds below which half and 99 % of the answers came; 0 without answers. */
  readonly p50: number
  readonly p99: number
}

const latencies = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 })
let marked = performance.now()

function mark(): Mark {
  const now = performance.now()
  const [p50, p99] = latencies.count === 0 ? [0, 0] : [latencies.percentile(50), latencies.percentile(99)]
  const since = {
    answers: latencies.count,
    seconds: (now - marked) / 1000,
    p50: p50 / 1000,
    p99: p99 / 1000,
  }
  latencies.reset()
  marked = now
  return since
}

function start({ url, requests }: Plan): void {
  for (const request of requests) {
    openConnection({
      url,
      request,
      answered: (took) => latencies.record(Math.max(1, Math.round(took * 1000))),
      failed: (reason) => {
        process.stderr.write(`${reason}\n`)
        process.exit(1)
      },
    })
  }
}

// The benchmark's first message is the plan, every other one asks for a mark.
process.once('message', (plan) => {
  start(plan as Plan)
  process.on('message', () => process.send?.(mark()))
  process.send?.(mark())
})
// Without the benchmark there is nobody to load for.
process.on('disconnect', () => process.exit(1))
