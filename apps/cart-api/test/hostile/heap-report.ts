/*
 * Loaded into the API's process before its own code (`--import`), which must run with `--expose-gc`: answers every
 * message with the heap in use, in bytes, after everything has been collected that can be.
 */

/** One collection may leave what waits for a finalizer or a later turn of the event loop. */
const COLLECTIONS = 5

process.on('message', async () => {
  let heap = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < COLLECTIONS; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    globalThis.gc?.()
    heap = Math.min(heap, process.memoryUsage().heapUsed)
  }
  process.send?.({ heapUsed: heap })
})
