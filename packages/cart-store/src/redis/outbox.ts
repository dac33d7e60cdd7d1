import type { CartEvent, CartId } from '@cartwright/cart-domain'
import type { Call, Outbox, OutboxRow } from '../port.ts'

/** Sends a command until it is answered. */
type Send = <Reply>(args: readonly string[], call: Call, writes?: boolean) => Promise<Reply>

/** An entry of a stream: its id, and its fields one after the other. */
type Entry = readonly [id: string, fields: readonly string[]]

/** Entries that one command reads or removes. */
const SLICE = 1_000

/** The rows in a stream, in the order of their commits; which is that of their times, but for clocks that disagree. */
export class RedisOutbox implements Outbox {
  readonly #key: string
  readonly #send: Send
  /** Where a row stands in the stream. A row that this process has neither read nor written is looked for. */
  readonly #entries = new WeakMap<OutboxRow, string>()

  constructor(key: string, send: Send) {
    this.#key = key
    this.#send = send
  }

  /** A row that has been written as this entry of the stream. */
  remember(row: OutboxRow, entry: string): void {
    this.#entries.set(row, entry)
  }

  async pending(
    { createdBefore, limit }: Parameters<Outbox['pending']>[0],
    call: Call,
  ): Promise<OutboxRow[]> {
    const rows: OutboxRow[] = []
    for await (const entry of this.#all(call)) {
      const row = this.#rowOf(entry)
      if (row.createdAt <= createdBefore) rows.push(row)
      // Clocks disagree by less than it takes to write a slice.
      if (rows.length >= limit + SLICE) break
    }
    return rows.sort((a, b) => a.createdAt - b.createdAt).slice(0, limit)
  }

  async remove(rows: readonly OutboxRow[], call: Call): Promise<void> {
    const missing = new Set(rows.filter((row) => !this.#entries.has(row)).map(({ id }) => id))
    const found = rows.flatMap((row) => this.#entries.get(row) ?? [])
    if (missing.size > 0) {
      for await (const entry of this.#all(call)) {
        if (missing.delete(this.#rowOf(entry).id)) found.push(entry[0])
        if (missing.size === 0) break
      }
    }
    for (let from = 0; from < found.length; from += SLICE) {
      await this.#send(['XDEL', this.#key, ...found.slice(from, from + SLICE)], call, true)
    }
  }

  async backlog(call: Call): Promise<{ readonly rows: number; readonly oldest?: number }> {
    const rows = await this.#send<number>(['XLEN', this.#key], call)
    const [first] = await this.#send<Entry[]>(['XRANGE', this.#key, '-', '+', 'COUNT', '1'], call)
    return { rows, ...(first === undefined ? {} : { oldest: this.#rowOf(first).createdAt }) }
  }

  async *#all(call: Call): AsyncGenerator<Entry> {
    for (let from = '-'; ; ) {
      const entries = await this.#send<Entry[]>(
        ['XRANGE', this.#key, from, '+', 'COUNT', String(SLICE)],
        call,
      )
      yield* entries
      const last = entries.at(-1)
      if (last === undefined || entries.length < SLICE) return
      from = `(${last[0]}`
    }
  }

  #rowOf([entry, fields]: Entry): OutboxRow {
    const field = (name: string): string => fields[fields.indexOf(name) + 1] ?? ''
    const row: OutboxRow = {
      id: field('id'),
      // Written by `commit.lua` from an OutboxRow.
      cartId: field('cartId') as CartId,
      createdAt: Number(field('createdAt')),
      events: JSON.parse(field('events')) as CartEvent[],
    }
    this.#entries.set(row, entry)
    return row
  }
}
