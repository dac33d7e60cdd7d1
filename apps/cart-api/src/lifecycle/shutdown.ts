import type { Server } from 'node:http'
import { type Socket, Server as TcpServer } from 'node:net'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'

export interface ShutdownOptions {
  readonly server: Server
  /** Of the server, from {@link openConnections}. */
  readonly connections: ReadonlySet<Socket>
  /** How long to keep serving, already unready, in milliseconds: the load balancer's deregistration delay. */
  readonly delay: number
  /** How long requests under way may take to end after that, in milliseconds. */
  readonly drainTimeout: number
  /** From the call on readiness fails and answers ask clients to give up their connections; called once or twice. */
  readonly announce: () => void
  /** Called when the last request has been answered: closes the store and whatever else is open. */
  readonly close: () => Promise<void>
}

/** The most connections that the kernel holds for us before we take them: Node's default `backlog` is 511. */
const LARGEST_QUEUE = 512
/** How long open connections may still begin a request after we stopped accepting, in milliseconds. */
const LAST_REQUESTS = 100
/** How long whoever was cut off may take to notice, in milliseconds. */
const LAST_WORDS = 50

/** The connections that the server has at any moment. To be called before it listens. */
export function openConnections(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>()
  server.on('connection', (socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
  })
  return connections
}

/**
 * Ends the process's service without cutting anybody off:
 *
 * ```
 * SIGTERM ─ announce ─── delay: still serving ─── stop accepting ── requests under way end ── close
 *           unready,                              idle connections                            store, …
 *           Connection: close                     are closed 100 ms later
 * ```
 *
 * @returns how many connections were still open, and were cut off, at the drain's timeout: 0 when all went well.
 */
export async function shutDown(options: ShutdownOptions): Promise<number> {
  const { server, connections, delay, drainTimeout, announce, close } = options
  if (delay > 0) {
    announce()
    await sleep(delay)
  }
  const late = AbortSignal.timeout(drainTimeout)
  // Without a delay announced only now: clients that are sent away would come back and fill the queue again.
  await takeWaiting(server, late)
  announce()
  const cutOff = await drain(server, connections, late)
  await close()
  return cutOff
}

async function drain(server: Server, connections: ReadonlySet<Socket>, late: AbortSignal): Promise<number> {
  // Only stops accepting: `Server.close` of HTTP would also destroy, as idle, each connection whose request has
  // arrived and not been read. Busy connections close with their answer (`Connection: close`).
  const closed = new Promise<boolean>((resolve) =>
    TcpServer.prototype.close.call(server, () => resolve(true)),
  )
  setTimeout(() => closeIdle(server, connections), LAST_REQUESTS)
  const tooLate = new Promise<boolean>((resolve) => {
    if (late.aborted) resolve(false)
    else late.addEventListener('abort', () => resolve(false))
  })
  if (await Promise.race([closed, tooLate])) return 0
  const open = connections.size
  server.closeAllConnections()
  await closed
  // Whoever worked for one of them notices some turns later, and has something to log.
  await sleep(LAST_WORDS)
  return open
}

/** Node counts connections as busy that browsers and load balancers have opened in advance and never used. */
function closeIdle(server: Server, connections: ReadonlySet<Socket>): void {
  server.closeIdleConnections()
  for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
}

/**
 * Takes the connections that wait in the kernel, which would be reset when the server closes although their
 * requests may have been there for long: Node takes one in each turn of the event loop, first come, first served.
 */
async function takeWaiting(server: Server, late: AbortSignal): Promise<void> {
  let quietTurns = 0
  const busy = (): void => {
    quietTurns = 0
  }
  server.on('connection', busy)
  // The turn that we begin in is half over, so the first quiet one does not count.
  for (let turns = 0; quietTurns < 2 && turns < LARGEST_QUEUE && !late.aborted; turns += 1) {
    quietTurns += 1
    await turn()
  }
  server.off('connection', busy)
}
