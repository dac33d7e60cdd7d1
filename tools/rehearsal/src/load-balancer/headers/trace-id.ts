import { randomBytes } from 'node:crypto'

/** Headers of more bytes than that get a new root. */
const LONGEST_HEADERS = 7 * 1024

/**
 * `X-Amzn-Trace-Id` as the target gets it: a root is made where there is none, and a received one gets a `Self` in
 * front; fields of applications stay. AWS: "Request tracing for your Application Load Balancer".
 *
 * @param received what came with the request
 * @param bytes how long all the headers were
 * @param now milliseconds since 1970
 */
export function traceId(received: string | undefined, bytes: number, now: number): string {
  const id = `1-${Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomBytes(12).toString('hex')}`
  if (received === undefined || bytes > LONGEST_HEADERS) return `Root=${id}`
  const fields = received.split(';').map((field) => field.trim())
  const kept = fields.filter((field) => field !== '' && !field.startsWith('Self='))
  const isRooted = kept.some((field) => field.startsWith('Root='))
  return [`${isRooted ? 'Self' : 'Root'}=${id}`, ...kept].join(';')
}
