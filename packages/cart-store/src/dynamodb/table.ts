import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'

/**
 * The one table that holds everything. Every item is found by its key alone, so there is no index, and every read can
 * be a strong one.
 *
 * | item | `pk` | `sk` | further attributes |
 * |---|---|---|---|
 * | cart | `cart#<cart id>` | `cart` | `incarnation`, `version`, `gate`, `expiresAt`, `ttl`, `document` |
 * | kept answer | `cart#<cart id>` | `answer#<key>` | `expiresAt`, `ttl`, `document` |
 * | order | `order#<order id>` | `order` | `document` |
 * | outbox row | `outbox#<shard>` | `<createdAt>#<row id>` | `createdAt`, `document` |
 * | epoch of the cache | `cache` | `epoch` | `n`, `on`, `by`, `closed` |
 */
export const KEY_ATTRIBUTES = { partition: 'pk', sort: 'sk' } as const

/** Where DynamoDB finds the second (of the Unix epoch) after which it may delete an item. */
export const TTL_ATTRIBUTE = 'ttl'

/**
 * How long an item stays after it has expired, in seconds. Reads judge expiry themselves; this only has to outlast
 * every commit that was decided while the item was still there, and clocks that disagree.
 */
const GRACE = 3600

/** What makes the table, but for its name, its capacity and who may use it. */
export const TABLE_DEFINITION = {
  AttributeDefinitions: [
    { AttributeName: KEY_ATTRIBUTES.partition, AttributeType: 'S' },
    { AttributeName: KEY_ATTRIBUTES.sort, AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: KEY_ATTRIBUTES.partition, KeyType: 'HASH' },
    { AttributeName: KEY_ATTRIBUTES.sort, KeyType: 'RANGE' },
  ],
} satisfies Partial<CreateTableCommandInput>

/** An item's key, as DynamoDB wants it. */
export interface Key {
  readonly pk: { readonly S: string }
  readonly sk: { readonly S: string }
}

export function cartKey(cartId: string): Key {
  return key(`cart#${cartId}`, 'cart')
}

export function answerKey(cartId: string, idempotencyKey: string): Key {
  return key(`cart#${cartId}`, `answer#${idempotencyKey}`)
}

export function orderKey(orderId: string): Key {
  return key(`order#${orderId}`, 'order')
}

export function epochKey(): Key {
  return key('cache', 'epoch')
}

export function outboxKey(shard: number, createdAt: number, rowId: string): Key {
  return { pk: outboxPartition(shard), sk: { S: `${outboxMoment(createdAt)}#${rowId}` } }
}

export function outboxPartition(shard: number): Key['pk'] {
  return { S: `outbox#${shard}` }
}

/** Milliseconds as text that sorts as they do; the largest moment that a Date can have takes 16 digits. */
export function outboxMoment(createdAt: number): string {
  return String(createdAt).padStart(16, '0')
}

/** The value of {@link TTL_ATTRIBUTE} for what expires at this moment, in milliseconds. */
export function ttlAfter(expiresAt: number): { readonly N: string } {
  return { N: String(Math.ceil(expiresAt / 1000) + GRACE) }
}

function key(pk: string, sk: string): Key {
  return { pk: { S: pk }, sk: { S: sk } }
}
