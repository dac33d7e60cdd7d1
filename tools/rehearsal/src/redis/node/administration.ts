import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@redis/client'
import type { Administrator } from './access.ts'

/** How long a node may take to answer, in milliseconds: a paused one never does. */
const PATIENCE = 5_000

export interface Reach {
  readonly port: number
  /** Who must have signed its certificate; without it the connection is plain. */
  readonly ca?: string
  readonly administrator: Administrator
}

/** Sends one command to a node, on a connection of its own. */
export async function administer(reach: Reach, ...args: readonly string[]): Promise<unknown> {
  const { port, ca, administrator } = reach
  const where = { host: '127.0.0.1', port, reconnectStrategy: false as const, connectTimeout: PATIENCE }
  const client = createClient({
    username: administrator.name,
    password: administrator.password,
    socket: ca === undefined ? where : { ...where, tls: true as const, ca },
  })
  // It is told by the promises.
  client.on('error', () => undefined)
  const isOver = new AbortController()
  const answer = client.connect().then(() => client.sendCommand([...args]))
  const silence = sleep(PATIENCE, undefined, { signal: isOver.signal }).then(
    () => Promise.reject(new Error(`the node on port ${port} does not answer ${args[0]} for ${PATIENCE} ms`)),
    () => undefined,
  )
  try {
    return await Promise.race([answer, silence])
  } finally {
    isOver.abort()
    answer.catch(() => undefined)
    client.destroy()
  }
}

/** What INFO tells, by field. */
export async function inform(reach: Reach, section: string): Promise<Readonly<Record<string, string>>> {
  const text = String(await administer(reach, 'INFO', section))
  return Object.fromEntries(text.split('\r\n').map((line) => line.split(/:(.*)/s).slice(0, 2)))
}
