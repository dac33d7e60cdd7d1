import {
  BatchWriteItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import type { Call, Outbox, OutboxRow } from '../port.ts'
import { pack, unpack } from './document.ts'
import { Unprocessed } from './faults.ts'
import type { Item } from './item-size.ts'
import type { Sender } from './sender.ts'
import { outboxKey, outboxMoment, outboxPartition } from './table.ts'

/**
 * Over how many partitions the rows are spread. One partition takes 1,000 write units a second, so these carry several
 * thousand changes a second; every sweep asks each of them. Rows in partitions beyond a smaller number would not be
 * found any more: only ever raise it.
 */
const SHARDS = 8
/** What one BatchWriteItem takes. */
const BATCH = 25
/** Sorts after every row id. */
const LAST = '\u{10ffff}'

/** The row as an item. */
export function outboxItem(row: OutboxRow): Item {
  return { ...keyOf(row), createdAt: { N: String(row.createdAt) }, document: pack(row) }
}

/** The rows in the table, which any task may publish and remove. */
export class DynamoOutbox implements Outbox {
  readonly #table: string
  readonly #sender: Sender

  constructor(table: string, sender: Sender) {
    this.#table = table
    this.#sender = sender
  }

  async pending(
    { createdBefore, limit }: Parameters<Outbox['pending']>[0],
    call: Call,
  ): Promise<OutboxRow[]> {
    const rows = await this.#eachShard(async (shard) => {
      const found: OutboxRow[] = []
      const query = this.#query(shard, { until: createdBefore })
      for await (const page of this.#pages({ ...query, Limit: limit }, call)) {
        for (const item of page.Items ?? []) found.push(unpack<OutboxRow>(item['document']))
        if (found.length >= limit) break
      }
      return found
    })
    return rows
      .flat()
      .sort((a, b) => a.createdAt - b.createdAt)
      .slice(0, limit)
  }

  async remove(rows: readonly OutboxRow[], call: Call): Promise<void> {
    for (let from = 0; from < rows.length; from += BATCH) {
      let left: WriteRequest[] = rows
        .slice(from, from + BATCH)
        .map((row) => ({ DeleteRequest: { Key: { ...keyOf(row) } } }))
      await this.#sender.ask(
        async (client, options) => {
          const command = new BatchWriteItemCommand({ RequestItems: { [this.#table]: left } })
          const output = await client.send(command, options)
          left = output.UnprocessedItems?.[this.#table] ?? []
          if (left.length > 0) throw new Unprocessed(left.length)
          return output
        },
        call,
        true,
      )
    }
  }

  async backlog(call: Call): Promise<{ readonly rows: number; readonly oldest?: number }> {
    const shards = await this.#eachShard(async (shard) => {
      let rows = 0
      for await (const page of this.#pages({ ...this.#query(shard), Select: 'COUNT' }, call)) {
        rows += page.Count ?? 0
      }
      if (rows === 0) return { rows, oldest: Number.POSITIVE_INFINITY }
      const [first] = await this.#first(shard, call)
      return { rows, oldest: Number(first?.['createdAt']?.N ?? Number.POSITIVE_INFINITY) }
    })
    const oldest = Math.min(...shards.map((shard) => shard.oldest))
    return {
      rows: shards.reduce((sum, { rows }) => sum + rows, 0),
      ...(Number.isFinite(oldest) ? { oldest } : {}),
    }
  }

  async #first(shard: number, call: Call) {
    const command = new QueryCommand({ ...this.#query(shard), Limit: 1 })
    const output = await this.#sender.ask((client, options) => client.send(command, options), call)
    return output.Items ?? []
  }

  #query(shard: number, { until }: { until?: number } = {}): QueryCommandInput {
    return {
      TableName: this.#table,
      ConsistentRead: true,
      KeyConditionExpression: until === undefined ? 'pk = :pk' : 'pk = :pk AND sk <= :until',
      ExpressionAttributeValues: {
        ':pk': outboxPartition(shard),
        ...(until === undefined ? {} : { ':until': { S: `${outboxMoment(until)}#${LAST}` } }),
      },
    }
  }

  /** A page is at most a megabyte, whatever its limit. */
  async *#pages(query: QueryCommandInput, call: Call): AsyncGenerator<QueryCommandOutput> {
    let from: QueryCommandInput['ExclusiveStartKey']
    do {
      const command: QueryCommand = new QueryCommand({ ...query, ExclusiveStartKey: from })
      const page: QueryCommandOutput = await this.#sender.ask(
        (client, options) => client.send(command, options),
        call,
      )
      yield page
      from = page.LastEvaluatedKey
    } while (from !== undefined)
  }

  #eachShard<Result>(work: (shard: number) => Promise<Result>): Promise<Result[]> {
    return Promise.all(Array.from({ length: SHARDS }, (_, shard) => work(shard)))
  }
}

function keyOf({ id, createdAt }: OutboxRow) {
  return outboxKey(shardOf(id), createdAt, id)
}

/** Spreads ids of any kind evenly (FNV-1a). */
function shardOf(id: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % SHARDS
}
