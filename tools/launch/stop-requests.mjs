import process from 'node:process'

/** @type {readonly NodeJS.Signals[]} */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** One stop request can arrive twice, as npm passes on what its whole process group has got: milliseconds. */
const sameRequest = 1000

/**
 * From now on this process is no longer ended by a stop signal; what happens instead is up to the listener.
 *
 * @param {(signal: NodeJS.Signals) => void} onRequest told once of each request
 * @returns {() => void} ends it
 */
export function listenForStop(onRequest) {
  /** @type {Map<NodeJS.Signals, number>} */
  const lastSeen = new Map()
  /** @param {NodeJS.Signals} signal */
  const hear = (signal) => {
    const repeated = performance.now() - (lastSeen.get(signal) ?? -sameRequest) < sameRequest
    lastSeen.set(signal, performance.now())
    if (!repeated) onRequest(signal)
  }
  for (const signal of stopSignals) process.on(signal, hear)
  return () => {
    for (const signal of stopSignals) process.off(signal, hear)
  }
}
