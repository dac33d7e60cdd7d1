import { ClientClosedError, ClientOfflineError, ConnectionTimeoutError, ErrorReply } from '@redis/client'
import type { Fault } from '../attempts.ts'
import { StoreUnavailable } from '../port.ts'

/** An attempt got no answer in its time. What became of it is unknown. */
export class NoReply extends Error {
  constructor(milliseconds: number) {
    super(`no reply within ${milliseconds} ms`)
    this.name = 'NoReply'
  }
}

/**
 * Replies of a server that did nothing, and that another attempt may get past: it starts, it has become a replica and
 * its connection is about to follow the name to the new primary, it is busy with a script.
 */
const NOT_NOW = /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN|BUSY|NOREPLICAS|UNBLOCKED)\b/
/** Replies that refuse the connection. A new password may be on its way. */
const NOT_YOU = /^(NOAUTH|WRONGPASS|NOPERM)\b/
/** The memory is full and nothing may be evicted. */
const FULL = /^OOM\b/

/** Judges what the client has thrown. */
export function faultOf(error: unknown): Fault<never> {
  if (error instanceof StoreUnavailable) return { kind: 'wrong' }
  if (error instanceof ErrorReply) return faultOfReply(error.message)
  return { kind: 'lost', outcome: wasSent(error) ? 'unknown' : 'none' }
}

/** The server itself has refused the command, before it did anything. */
function faultOfReply(message: string): Fault<never> {
  if (NOT_NOW.test(message) || NOT_YOU.test(message)) return { kind: 'lost', outcome: 'none' }
  return FULL.test(message) ? { kind: 'refused', reason: 'throttled' } : { kind: 'wrong' }
}

function wasSent(error: unknown): boolean {
  const neverLeft = [ClientOfflineError, ClientClosedError, ConnectionTimeoutError]
  return (
    !neverLeft.some((kind) => error instanceof kind) && (error as { code?: string }).code !== 'ECONNREFUSED'
  )
}

/** Whether the script is unknown to this server: it has been started anew, or is another one than before. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT')
}
