import type { Readable } from 'node:stream'
import type { LogEvent } from '../aws.ts'
import type { LogSettings } from '../service.ts'

/** How often lines are sent, in milliseconds: the awslogs driver's own. */
const INTERVAL = 5_000
/** PutLogEvents takes at most this much at once (CloudWatch Logs API reference): events, and bytes with 26 for each event. */
const BATCH = { events: 10_000, bytes: 1_048_576, eventOverhead: 26 }
/** The longest event, in bytes: a longer line is cut. */
const LONGEST = 262_144 - BATCH.eventOverhead
/** How much may wait in blocking mode before the container's writes wait. */
const BLOCKING_BUFFER = 1_048_576

export interface LogDriverOptions {
  readonly settings: LogSettings
  /** Sends a batch; one that fails is sent again with the next. */
  readonly put: (events: readonly LogEvent[]) => Promise<void>
  /** Told once in a while how many lines had no room. */
  readonly lost: (lines: number) => void
  /** In milliseconds. @default 5000 */
  readonly interval?: number
}

/**
 * The awslogs driver: lines wait in memory and are sent in batches. In non-blocking mode what has no room in the buffer is
 * lost and the container goes on; in blocking mode the container waits (developer guide, "Send Amazon ECS logs to
 * CloudWatch", mode and max-buffer-size).
 */
export class LogDriver {
  readonly #options: LogDriverOptions
  readonly #room: number
  readonly #timer: NodeJS.Timeout
  readonly #waiting: LogEvent[] = []
  readonly #streams = new Set<Readable>()
  #bytes = 0
  #lost = 0
  #sending: Promise<void> = Promise.resolve()

  constructor(options: LogDriverOptions) {
    this.#options = options
    this.#room = options.settings.blocking ? BLOCKING_BUFFER : options.settings.buffer
    this.#timer = setInterval(() => void this.#flush(), options.interval ?? INTERVAL)
    this.#timer.unref()
  }

  /** Takes the lines of a stream until its end. */
  read(stream: Readable): void {
    let rest = ''
    this.#streams.add(stream)
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.#take(line)
      while (rest.length >= LONGEST) {
        this.#take(rest.slice(0, LONGEST))
        rest = rest.slice(LONGEST)
      }
      if (this.#options.settings.blocking && this.#bytes > this.#room) {
        for (const one of this.#streams) one.pause()
        void this.#flush()
      }
    })
    stream.once('end', () => {
      this.#streams.delete(stream)
      if (rest !== '') this.#take(rest)
    })
  }

  /** Sends what still waits; what cannot be sent now is lost. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#flush()
    if (this.#waiting.length > 0) this.#options.lost(this.#waiting.length)
  }

  #take(line: string): void {
    // CloudWatch takes no empty event.
    if (line === '') return
    for (let start = 0; start < line.length; start += LONGEST) {
      const message = line.slice(start, start + LONGEST)
      const bytes = Buffer.byteLength(message)
      if (!this.#options.settings.blocking && this.#bytes + bytes > this.#room) {
        this.#lost++
        continue
      }
      this.#bytes += bytes
      this.#waiting.push({ timestamp: Date.now(), message })
    }
  }

  #flush(): Promise<void> {
    this.#sending = this.#sending.then(async () => {
      if (this.#lost > 0) {
        this.#options.lost(this.#lost)
        this.#lost = 0
      }
      for (let batch = this.#batch(); batch.length > 0; batch = this.#batch()) {
        try {
          await this.#options.put(batch)
        } catch {
          // They stay, and are sent with the next.
          return
        }
        this.#waiting.splice(0, batch.length)
        for (const { message } of batch) this.#bytes -= Buffer.byteLength(message)
      }
      for (const stream of this.#streams) stream.resume()
    })
    return this.#sending
  }

  #batch(): readonly LogEvent[] {
    let bytes = 0
    const end = this.#waiting.findIndex(({ message }) => {
      bytes += Buffer.byteLength(message) + BATCH.eventOverhead
      return bytes > BATCH.bytes
    })
    return this.#waiting.slice(
      0,
      Math.min(end === -1 ? this.#waiting.length : Math.max(end, 1), BATCH.events),
    )
  }
}
