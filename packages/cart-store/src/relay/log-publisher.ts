import { once } from 'node:events'
import {
  closeSync,
  createWriteStream,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  type WriteStream,
} from 'node:fs'
import path from 'node:path'
import type { CartEvent } from '@cartwright/cart-domain'
import { textOf } from './event-text.ts'
import type { Publisher } from './publisher.ts'

export interface LogPublisherOptions {
  /** The file that events are appended to, a line of JSON each. */
  readonly file: string
  /** Bytes after which the file is renamed to `<file>.1`, in place of an earlier one. @default 64 MiB */
  readonly rotateAt?: number
}

const ROTATE_AT = 64 * 1024 * 1024

/** Appends events to a file: for a machine of one's own, where `tail -f` is the consumer. */
export class LogPublisher implements Publisher {
  readonly limits = { events: 100, bytes: 1024 * 1024, calls: 1 }
  readonly #file: string
  readonly #rotateAt: number
  #stream: WriteStream | undefined
  #size = 0

  constructor({ file, rotateAt = ROTATE_AT }: LogPublisherOptions) {
    this.#file = file
    this.#rotateAt = rotateAt
  }

  sizeOf(event: CartEvent): number {
    return textOf(event).length
  }

  async publish(events: readonly CartEvent[]): Promise<[]> {
    const text = events.map((event) => `${textOf(event)}\n`).join('')
    const stream = await this.#open(text.length)
    await new Promise<void>((resolve, reject) => {
      stream.write(text, (error) => (error ? reject(error) : resolve()))
    }).catch((error: unknown) => {
      // A stream that has failed once takes nothing more: the next call opens the file again.
      this.#stream = undefined
      stream.destroy()
      throw error
    })
    return []
  }

  async close(): Promise<void> {
    const stream = this.#stream
    this.#stream = undefined
    if (stream !== undefined) await new Promise<void>((resolve) => stream.end(resolve))
  }

  async #open(more: number): Promise<WriteStream> {
    if (this.#stream !== undefined && this.#size + more > this.#rotateAt) {
      await this.close()
      renameSync(this.#file, `${this.#file}.1`)
    }
    if (this.#stream === undefined) {
      mkdirSync(path.dirname(this.#file), { recursive: true })
      const stream = createWriteStream(this.#file, { flags: 'a' })
      stream.on('error', () => undefined) // told to whoever writes
      await once(stream, 'open')
      this.#size = statSync(this.#file).size
      // Whoever died in the middle of a line must not spoil the next one.
      if (this.#size > 0 && !endsInNewline(this.#file, this.#size)) stream.write('\n')
      this.#stream = stream
    }
    this.#size += more
    return this.#stream
  }
}

function endsInNewline(file: string, size: number): boolean {
  const descriptor = openSync(file, 'r')
  try {
    const last = Buffer.alloc(1)
    readSync(descriptor, last, 0, 1, size - 1)
    return last.toString() === '\n'
  } finally {
    closeSync(descriptor)
  }
}
