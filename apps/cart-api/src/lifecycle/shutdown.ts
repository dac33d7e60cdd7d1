import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ShutdownOptions {
  readonly server: Server
  /** How long to keep serving, already unready, in milliseconds: the load balancer's deregistration delay. */
  readonly delay: number
  /** How long requests under way may take to end after that, in milliseconds. */
  readonly drainTimeout: number
  /** Called at once: readiness fails and answers ask clients to give up their connections. */
  readonly announce: () => void
  /** Called when the last request has been answered: closes the store and whatever else is open. */
  readonly close: () => Promise<void>
}

/**
 * Ends the process's service without cutting anybody off:
 *
 * ```
 * SIGTERM ─ announce ─── delay: still serving ─── stop accepting ── requests under way end ── close
 *           unready,                              idle connections                            store, …
 *           Connection: close                     are closed
 * ```
 *
 * @returns how many connections were still open, and were cut off, at the drain's timeout: 0 when all went well.
 */
export async function shutDown(options: ShutdownOptions): Promise<number> {
  const { server, delay, drainTimeout, announce, close } = options
  announce()
  if (delay > 0) await sleep(delay)
  const cutOff = await drain(server, drainTimeout)
  await close()
  return cutOff
}

async function drain(server: Server, timeout: number): Promise<number> {
  // Stops accepting and closes idle connections; busy ones close with their answer (`Connection: close`).
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const late = new AbortController()
  const inTime = await Promise.race([
    closed.then(() => true),
    sleep(timeout, false, { signal: late.signal }).catch(() => false),
  ])
  late.abort()
  if (inTime) return 0
  const open = await new Promise<number>((resolve) =>
    server.getConnections((_error, count) => resolve(count)),
  )
  server.closeAllConnections()
  return open
}
