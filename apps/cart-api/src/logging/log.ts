import { hash } from 'node:crypto'
import { destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** The process's log and the way to get its last lines out. */
export interface Log {
  readonly logger: Logger
  /**
   * Writes what is buffered, before the process ends; a reader that has gone or has stopped reading is not waited for.
   */
  flush(): Promise<void>
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
    fd: 1,
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
  // Never `flushSync`: it holds the process for as long as nobody reads, and for ever where nobody can.
  const flush = (): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(resolve, FLUSH_PATIENCE)
      // Its argument is an error where there is no reader any more: then there is nobody to tell.
      stream.flush(() => resolve())
    })
  return { logger, flush }
}

/** An id as it may stand in a log: enough to find lines that belong together, too little to use it as a key. */
export function hashedId(id: string): string {
  return hash('sha256', id, 'hex').slice(0, 12)
}
