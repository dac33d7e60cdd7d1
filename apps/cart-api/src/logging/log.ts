import { hash } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** The process's log and its end. */
export interface Log {
  readonly logger: Logger
  /**
   * Writes what is buffered, before the process ends; a reader that has gone or has stopped reading is not waited for.
   */
  close(): Promise<void>
}

/** How much is gathered before it is written, in bytes; what is left is written after this many milliseconds. */
const BUFFERED = 8_192
const FLUSH_INTERVAL = 250
/** The most that waits for a reader that does not read, in characters; what comes then is lost. */
const MOST_BUFFERED = 16 * 1024 * 1024
/** How long the end of the process waits for the reader, in milliseconds. */
const FLUSH_PATIENCE = 1_000

/** JSON lines on standard output, gathered so that a request does not cost a system call. */
export function openLog(level: string, bindings: Record<string, string>): Log {
  const stream = destination({
    // Not just 1: making this stream sets a pipe to non-blocking, and a write that waits for a reader would hold one
    // of Node's threads, and with it the end of the process.
    fd: process.stdout.fd,
    sync: false,
    minLength: BUFFERED,
    maxLength: MOST_BUFFERED,
    periodicFlush: FLUSH_INTERVAL,
  })
  const logger = pino(
    {
      level,
      base: bindings,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  // Never `flushSync`, and destroyed before pino calls it at the exit: it would hold the process for as long as
  // nobody reads, and for ever where nobody can.
  const close = async (): Promise<void> => {
    // An error tells that the reader has gone: then there is nobody to tell.
    const closed = once(stream, 'close').catch(() => undefined)
    stream.end()
    await Promise.race([closed, sleep(FLUSH_PATIENCE)])
    stream.destroy()
  }
  return { logger, close }
}

/** An id as it may stand in a log: enough to find lines that belong together, too little to use it as a key. */
export function hashedId(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12)
}
