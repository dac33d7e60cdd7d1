// Loaded into a server before its own program (`node --import`), so that both servers are measured by the same
// code from inside. Answers every message of the benchmark with what the process has used so far.

/** What a server process has used since it started. */
export interface Usage {
  /** CPU time in microseconds: user and system, all threads. */
  readonly cpu: number
  /** The highest resident memory seen, in bytes. */
  readonly peakMemory: number
}

/** Often enough to see the peaks between two collections, rare enough to cost nothing; milliseconds. */
const SAMPLING_INTERVAL = 50

let peakMemory = process.memoryUsage.rss()
function sample(): void {
  peakMemory = Math.max(peakMemory, process.memoryUsage.rss())
}
setInterval(sample, SAMPLING_INTERVAL).unref()

process.on('message', () => {
  sample()
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system, peakMemory } satisfies Usage)
})
// The server must not outlive a benchmark that was killed.
process.on('disconnect', () => process.exit(1))
