import fc, { type Arbitrary } from 'fast-check'
import type { DocumentedOperation, DocumentedParameter } from './contract.ts'
import type { Draft } from './draft.ts'
import { jsonText, nearlyFitting } from './hostile-values.ts'

/** One thing done wrong, or oddly, with a request. */
export type Slip = (draft: Draft) => Partial<Draft>

/**
 * Everything that can go wrong with a request to the operation while it stays HTTP.
 *
 * @param fittingBody bodies that fit, where the operation reads one.
 */
export function slips(
  operation: DocumentedOperation,
  fittingBody: Arbitrary<unknown> | undefined,
): Arbitrary<Slip> {
  const named = (place: DocumentedParameter['in']) =>
    operation.parameters.filter((parameter) => parameter.in === place).map(({ name }) => name)
  return fc.oneof(
    headerSlip([...named('header'), 'X-Cart-ID']),
    strayHeader,
    querySlip([...named('query'), 'variant']),
    oddBody,
    oddContent,
    ...(named('path').length === 0 ? [] : [pathSlip(named('path'))]),
    ...(fittingBody === undefined ? [] : [spoiledBody(fittingBody), spoiledBody(fittingBody)]),
  )
}

// Values of headers hold no control characters here: Node's parser refuses those, and `broken-http.ts` tries them.
const oddHeaderValue = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    ',',
    ';',
    '*',
    '"',
    '""',
    '"a"',
    'W/"a"',
    'w/"a"',
    '"a", "b"',
    '"a",',
    '*, "a"',
    'a b',
  ),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'null',
    'undefined',
    '%00',
    '%0d%0aSet-Cookie:a=b',
    '../..',
    'ü',
    '\xff',
  ),
  fc.constantFrom(127, 128, 129, 255, 256, 2_000, 17_000).map((length) => 'k'.repeat(length)),
  fc.constantFrom(255, 256).map((length) => `"${'\\"'.repeat(length)}"`),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(latin1), maxLength: 20 }),
)

/** DEL is a control character, too. */
function latin1(code: number): string {
  return String.fromCharCode(code === 0x7f ? 0x7e : code)
}

function headerSlip(names: readonly string[]): Arbitrary<Slip> {
  return fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('remove', 'replace', 'repeat', 'lower'), oddHeaderValue)
    .map(([name, does, value]) => ({ headers }) => {
      const others = headers.filter(([given]) => given !== name)
      const own = headers.filter(([given]) => given === name)
      switch (does) {
        case 'remove':
          return { headers: others }
        case 'replace':
          return { headers: [...others, [name, value]] }
        case 'repeat':
          return { headers: [...headers, [name, own[0]?.[1] ?? value]] }
        case 'lower':
          return { headers: [...others, ...own.map(([, kept]) => [name.toLowerCase(), kept] as const)] }
      }
    })
}

/** Headers that the operation does not know, or that the rest of the way knows. */
const strayHeader: Arbitrary<Slip> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(
        'X-Request-ID',
        'traceparent',
        'Authorization',
        'Cookie',
        'Origin',
        'Accept',
        'Accept-Encoding',
      ),
      fc.constantFrom(
        'If-Match',
        'If-None-Match',
        'If-Modified-Since',
        'Range',
        'Idempotency-Key',
        'X-User-ID',
      ),
      fc.constantFrom(
        '__proto__',
        'constructor',
        'toString',
        'X-Forwarded-For',
        'X-HTTP-Method-Override',
        'Upgrade',
      ),
      fc.constantFrom(
        'Connection',
        'Keep-Alive',
        'TE',
        'Trailer',
        'Forwarded',
        'X-Original-URL',
        "!#$%&'*+-.^_`|~",
      ),
    ),
    fc.oneof(
      oddHeaderValue,
      fc.constantFrom('close', 'DELETE', 'gzip;q=0', '00-0-0-0', 'bytes=0-1', 'Bearer x', '/'),
    ),
  )
  .map(([name, value]) => ({ headers }) => ({ headers: [...headers, [name, value]] }))

const ODD_TEXTS = [
  '',
  '.',
  '..',
  '%',
  '%zz',
  '%c0%ae',
  '%ff',
  '%ed%a0%80',
  '%00',
  '%0d%0a',
  '%252e',
  '%2f..%2f',
  '+',
  ';a=b',
]

function pathSlip(names: readonly string[]): Arbitrary<Slip> {
  const segment = fc.oneof(
    // An empty segment would make it another path.
    fc.constantFrom(
      ...ODD_TEXTS.slice(1),
      ':',
      '{productId}',
      '__proto__',
      'constructor',
      '(.*)',
      '%F0%9F%98%80',
    ),
    fc.constantFrom(64, 65, 3_000).map((length) => 'p'.repeat(length)),
    fc.constantFrom(64, 65).map((length) => encodeURIComponent('😀'.repeat(length))),
  )
  return fc.tuple(fc.constantFrom(...names), segment).map(([name, text]) => ({ path }) => ({
    path: { ...path, [name]: text },
  }))
}

function querySlip(names: readonly string[]): Arbitrary<Slip> {
  const name = fc.oneof(
    fc.constantFrom(...names),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'variant[]',
      'variant[a]',
      'VARIANT',
      'q',
    ),
    fc.constantFrom('', '%76ariant', '%', '%ff', 'q'.repeat(1_000)),
  )
  const value = fc.oneof(fc.constantFrom(...ODD_TEXTS, 'black', 'a=b', '?'), fc.constant('v'.repeat(3_000)))
  const pairs = fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 3 })
  const many = fc.constant(Array.from({ length: 1_500 }, (_, index) => [`q${index}`, ''] as const))
  return fc
    .oneof({ weight: 20, arbitrary: pairs }, { weight: 1, arbitrary: many })
    .map((added) => ({ query }) => ({ query: [...query, ...added] }))
}

function spoiledBody(fittingBody: Arbitrary<unknown>): Arbitrary<Slip> {
  return nearlyFitting(fittingBody).map((value) => (draft) => withBody(draft, Buffer.from(jsonText(value))))
}

const oddBody: Arbitrary<Slip> = fc
  .oneof(
    fc
      .constantFrom(
        '',
        ' ',
        '{',
        '}',
        '[',
        '"',
        '{"',
        'tru',
        'null',
        '0',
        '"text"',
        '[]',
        '[{}]',
        '{}',
        '{}{}',
        '{} x',
      )
      .map((text) => Buffer.from(text)),
    fc
      .constantFrom(
        '{"a":1,}',
        "{'a':1}",
        '{a:1}',
        '{"a":}',
        '/**/{}',
        '\ufeff{}',
        '{"\\ud8"}',
        '{"a":"\t"}',
        '\0',
        'a=b',
      )
      .map((text) => Buffer.from(text)),
    fc
      .constantFrom('{"a":"\xff"}', '{"a":"\xed\xa0\x80"}', '{"a":"\xc0\x80"}')
      .map((text) => Buffer.from(text, 'latin1')),
    fc.constant(Buffer.from('{"quantity":1}', 'utf16le')),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('[', '{"a":', ' ', '"', '\\')
        .map((text) => Buffer.from(text.repeat(Math.ceil((64 * 1024) / text.length)))),
    },
  )
  .map((bytes) => (draft) => withBody(draft, bytes))

function withBody({ headers }: Draft, body: Buffer): Partial<Draft> {
  const named = headers.some(([name]) => name === 'Content-Type')
  return { body, headers: named ? headers : [...headers, ['Content-Type', 'application/json']] }
}

/** What is said of the body, rightly or not. */
const oddContent: Arbitrary<Slip> = fc
  .oneof(
    fc.record({
      name: fc.constant('Content-Type'),
      value: fc.constantFrom(
        ...[
          'APPLICATION/JSON',
          'application/json;charset=UTF-8',
          'application/json; charset="utf-8"',
          'application/json ; a=b',
        ],
        ...[
          'application/merge-patch+json',
          'application/json;',
          'application/json; charset=latin1',
          'text/json',
          'text/plain',
        ],
        ...[
          'application/json; charset=utf-16',
          'application/jsonx',
          'application',
          '',
          '*/*',
          'json',
          'application/x-json',
        ],
        ...[
          'multipart/form-data; boundary=a',
          'application/x-www-form-urlencoded',
          'text/html',
          'image/png',
          '\xff/\xff',
        ],
      ),
    }),
    fc.record({
      name: fc.constant('Content-Encoding'),
      value: fc.constantFrom('gzip', 'br', 'deflate', 'identity', 'IDENTITY', 'zstd', 'gzip, gzip', 'x', ''),
    }),
    fc.record({
      name: fc.constant('Content-Type'),
      value: fc.constant('application/json'),
    }),
  )
  .map(({ name, value }) => ({ headers }) => ({
    headers: [...headers.filter(([given]) => given !== name), [name, value]],
  }))
