import { hash } from 'node:crypto'
import { destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** The process's log and the way to get its last lines out. */
export interface Log {
  readonly logger: Logger
  /** Writes what is buffered, at once; called before the process ends. */
  flush(): void
}

/** How much is gathered before it is written, in bytes; what is left is written after this many milliseconds. */
const BUFFERED = 8_192
const FLUSH_INTERVAL = 250

/** JSON lines on standard output, gathered so that a request does not cost a system call. */
export function openLog(level: string, bindings: Record<string, string>): Log {
  const stream = destination({ fd: 1, sync: false, minLength: BUFFERED, periodicFlush: FLUSH_INTERVAL })
  const logger = pino(
    {
      level,
      base: bindings,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  const flush = (): void => {
    try {
      stream.flushSync()
    } catch {
      // The reader of the log has gone, or the stream has not opened yet: there is nobody to tell.
    }
  }
  return { logger, flush }
}

/** An id as it may stand in a log: enough to find lines that belong together, too little to use it as a key. */
export function hashedId(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12)
}
