import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/**
 * The largest item, in bytes: names and values together
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items).
 */
const LARGEST_ITEM = 400 * 1024

export type Item = Readonly<Record<string, AttributeValue>>

/** Whether DynamoDB would take the item. Asked before anything is sent: a transaction is refused as a whole. */
export function fits(item: Item): boolean {
  return itemSize(item) <= LARGEST_ITEM
}

/**
 * Bytes by DynamoDB's own rule for the types that we write
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 */
export function itemSize(item: Item): number {
  let size = 0
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + valueSize(value)
  return size
}

function valueSize({ S, N, B }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S)
  if (B !== undefined) return B.length
  // Two digits in a byte, and one more for the sign or the point; rounded up.
  return Math.ceil((N?.length ?? 0) / 2) + 2
}
