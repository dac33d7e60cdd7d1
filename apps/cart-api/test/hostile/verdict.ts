import assert from 'node:assert/strict'
import type { Answer } from './connection.ts'
import type { DocumentedAnswer } from './contract.ts'
import { type Draft, faultsOf } from './draft.ts'

const PROBLEM = 'application/problem+json'

/** What refuses a request for its form: no right request may get one of them. */
const REFUSALS_OF_FORM: ReadonlySet<number> = new Set([400, 413, 415, 431])

/** Every header that an answer of the API may have, in lower case; another one is a leak or was injected. */
const KNOWN_HEADERS: ReadonlySet<string> = new Set([
  ...[
    'allow',
    'cache-control',
    'connection',
    'content-length',
    'content-location',
    'content-type',
    'date',
    'etag',
  ],
  ...['idempotent-replayed', 'keep-alive', 'location', 'retry-after', 'server-timing', 'vary', 'x-cache'],
  ...['x-instance-id', 'x-request-id'],
  // Helmet's.
  ...[
    'content-security-policy',
    'cross-origin-opener-policy',
    'cross-origin-resource-policy',
    'origin-agent-cluster',
  ],
  ...['referrer-policy', 'strict-transport-security', 'x-content-type-options', 'x-dns-prefetch-control'],
  ...['x-download-options', 'x-frame-options', 'x-permitted-cross-domain-policies', 'x-xss-protection'],
])

/** A line of a stack trace, or a path of this machine's. */
const INSIDE =
  /\bat [^"]*[(/][^"]*:\d+:\d+|node:internal|node_modules|file:\/\/|\.[cm]?[jt]s:\d+|\/(?:src|apps|packages)\//

/** What holds for every answer, whatever was asked. */
export function assertSound({ status, headers, body }: Answer): void {
  // `100 Continue` is not an answer yet.
  if (status < 200) return
  assert.ok(status < 500, `the API fails: ${status} ${body}`)
  assert.match(headers.get('x-request-id') ?? '', /^[A-Za-z0-9._~:/+=@-]{1,128}$/)
  assert.ok(headers.has('x-instance-id'), 'the answer does not say who gave it')
  for (const name of headers.keys()) assert.ok(KNOWN_HEADERS.has(name), `the answer has a header ${name}`)
  // Other answers are files, the same for everybody.
  if (headers.get('content-type')?.includes('json')) assert.doesNotMatch(body, INSIDE)
  if (status < 400) return
  assert.equal(headers.get('content-type'), PROBLEM)
  // A HEAD's is empty.
  if (body !== '') assert.equal((JSON.parse(body) as { status: unknown }).status, status)
}

/** What the document says of the answer to this request. */
export function assertAsDocumented(answer: Answer, draft: Draft): void {
  assertSound(answer)
  const { status } = answer
  const faults = faultsOf(draft)
  if (faults.size === 0)
    assert.ok(!REFUSALS_OF_FORM.has(status), `right in form, but refused: ${answer.body}`)
  else assert.ok(faults.has(status), `wanted one of ${[...faults]}, seen ${status} ${answer.body}`)
  // Node's parser refuses too large headers before it is known which operation they are for.
  if (status === 431) return
  const documented = draft.operation.answers.get(status)
  assert.ok(documented, `${draft.operation.id} documents no ${status}: ${answer.body}`)
  assertContent(answer, documented, draft)
}

function assertContent(
  { headers, body, status }: Answer,
  { content }: DocumentedAnswer,
  { method }: Draft,
): void {
  const mediaType = headers.get('content-type')?.split(';')[0]
  assert.equal(mediaType, content?.mediaType)
  if (content === undefined || method === 'HEAD') {
    assert.equal(body, '', `${method} ${status} has a body`)
    return
  }
  const fits = content.check(JSON.parse(body))
  assert.ok(fits, `${JSON.stringify(content.check.errors)} in ${body}`)
}
