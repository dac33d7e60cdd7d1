import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** Writing costs a unit for each started kilobyte: what fits into one stays readable text. */
const WORTH_COMPRESSING = 1024

/** A value as a DynamoDB attribute: JSON text, or its compressed bytes where that saves units. */
export function pack(value: unknown): AttributeValue {
  const text = JSON.stringify(value)
  const bytes = Buffer.from(text)
  return bytes.length < WORTH_COMPRESSING ? { S: text } : { B: deflateRawSync(bytes) }
}

/** What {@link pack} has packed; the caller knows its type. */
export function unpack<Value>(attribute: AttributeValue | undefined): Value {
  const text = attribute?.S ?? inflateRawSync(attribute?.B ?? new Uint8Array()).toString()
  // Written by `pack` from a Value.
  return JSON.parse(text) as Value
}
