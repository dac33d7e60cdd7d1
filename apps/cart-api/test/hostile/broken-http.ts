import { type Answer, Connection } from './connection.ts'

/** Bytes that are hardly HTTP, or hardly meant well, and how they must be answered. */
export interface Attack {
  readonly name: string
  /** One character for each byte; an array is sent piece by piece. */
  readonly bytes: string | readonly string[]
  /** The statuses of the answers, in order; none where the connection is closed without a word. */
  readonly answers: readonly number[]
  /** The client has nothing more to say after these bytes: it closes its side, and the answers come after that. */
  readonly ends?: boolean
  /** Node answers by itself before the API hears of the request: without a problem's body. */
  readonly byNode?: boolean
}

const HOST = 'Host: cart.example\r\n'
const CART = 'X-Cart-ID: broken-http\r\n'
const JSON_TYPE = 'Content-Type: application/json\r\n'
const HEALTH = `GET /health HTTP/1.1\r\n${HOST}\r\n`
const ADD = add('{"productId":"canvas-tote","quantity":1}')

function add(body: string, ...headers: string[]): string {
  const lines = headers.map((line) => `${line}\r\n`).join('')
  return `POST /cart/items HTTP/1.1\r\n${HOST}${CART}${JSON_TYPE}${lines}Content-Length: ${body.length}\r\n\r\n${body}`
}

/** POST /cart with these headers instead of a `Content-Length`. */
function mint(headers: string, body: string): string {
  return `POST /cart HTTP/1.1\r\n${HOST}${JSON_TYPE}${headers}\r\n${body}`
}

function read(headers: string): string {
  return `GET /cart HTTP/1.1\r\n${HOST}${headers}\r\n`
}

function target(text: string): string {
  return `GET ${text} HTTP/1.1\r\n${HOST}${CART}\r\n`
}

const CHUNKED = 'Transfer-Encoding: chunked\r\n'
/** What a smuggler hides behind the end of a request: it must never get an answer of its own. */
const SMUGGLED = `DELETE /cart HTTP/1.1\r\n${HOST}${CART}\r\n`

const BODIES: Attack[] = [
  { name: 'broken JSON', bytes: add('{"productId":'), answers: [400] },
  { name: '64 KiB of [', bytes: add('['.repeat(65_536)), answers: [400] },
  { name: 'one byte more than 64 KiB', bytes: add(' '.repeat(65_537)), answers: [413] },
  { name: '1 MB', bytes: add('['.repeat(1_000_000)), answers: [413] },
  {
    name: '1 MB in chunks',
    bytes: mint(CHUNKED, `${`1000\r\n${'['.repeat(4096)}\r\n`.repeat(245)}0\r\n\r\n`),
    answers: [413],
  },
  {
    name: '1 MB for a route that reads no body',
    bytes: `GET /health HTTP/1.1\r\n${HOST}Content-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}${HEALTH}`,
    answers: [200, 200],
  },
  {
    name: 'bytes for a change that takes none',
    bytes: `${SMUGGLED.trimEnd()}\r\nContent-Length: 200000\r\n\r\n${'\xff'.repeat(200_000)}${HEALTH}`,
    answers: [413, 200],
  },
  {
    name: 'a change whose body breaks off',
    bytes: `${SMUGGLED.trimEnd()}\r\n${CHUNKED}\r\nzzzz\r\n`,
    answers: [400],
  },
  {
    name: 'an object 13,000 deep',
    bytes: add(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`),
    answers: [400],
  },
  { name: 'an array 32,000 deep', bytes: add('['.repeat(32_000) + ']'.repeat(32_000)), answers: [400] },
  { name: 'a body cut off', bytes: mint('Content-Length: 100\r\n', '{'), answers: [400], ends: true },
  { name: 'a chunk cut off', bytes: mint(CHUNKED, '64\r\n{'), answers: [400], ends: true },
  { name: 'chunks without an end', bytes: mint(CHUNKED, '2\r\n{}\r\n'), answers: [400], ends: true },
  {
    name: 'gzip',
    bytes: mint(
      'Content-Encoding: gzip\r\nContent-Length: 20\r\n',
      '\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0',
    ),
    answers: [415],
  },
  { name: 'brotli', bytes: mint('Content-Encoding: br\r\nContent-Length: 2\r\n', '{}'), answers: [415] },
  { name: 'UTF-16', bytes: add('{\0"\0a\0"\0:\x001\0}\0'), answers: [400] },
  { name: 'a request in single bytes', bytes: ADD.split(''), answers: [200] },
]

const LENGTHS: Attack[] = [
  {
    name: 'two different lengths',
    bytes: mint('Content-Length: 2\r\nContent-Length: 3\r\n', '{}'),
    answers: [400],
  },
  { name: 'a list of lengths', bytes: mint('Content-Length: 2, 2\r\n', '{}'), answers: [400] },
  ...['+2', '-2', '0x2', '2.0', '2e0', '', ' ', 'two', '99999999999999999999999'].map((length) => ({
    name: `a length of ${JSON.stringify(length)}`,
    bytes: mint(`Content-Length: ${length}\r\n`, '{}'),
    answers: [400],
  })),
  {
    name: 'a length that is too small',
    bytes: mint('Content-Length: 2\r\n', `{}${SMUGGLED.slice(1)}`),
    answers: [201],
  },
  {
    name: 'both a length and chunks',
    bytes: mint(`Content-Length: 5\r\n${CHUNKED}`, `0\r\n\r\n${SMUGGLED}`),
    answers: [400],
  },
  {
    name: 'both chunks and a length',
    bytes: mint(`${CHUNKED}Content-Length: 2\r\n`, `2\r\n{}\r\n0\r\n\r\n${SMUGGLED}`),
    answers: [400],
  },
  ...['identity', 'xchunked', 'chunked, identity', 'chunked-', '\x0bchunked', 'chun ked', 'gzip'].map(
    (encoding) => ({
      name: `a transfer encoding of ${JSON.stringify(encoding)}`,
      bytes: mint(`Transfer-Encoding: ${encoding}\r\n`, `0\r\n\r\n${SMUGGLED}`),
      answers: [400],
    }),
  ),
  {
    name: 'a transfer encoding on a folded line',
    bytes: mint('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
    answers: [400],
  },
  {
    name: 'a blank before the colon of the length',
    bytes: mint('Content-Length : 2\r\n', '{}'),
    answers: [400],
  },
  ...['zz', '-1', '0x2', ' 2', '2 ', '', 'ffffffffffffffffff', '2;a\nb'].map((size) => ({
    name: `a chunk of size ${JSON.stringify(size)}`,
    bytes: mint(CHUNKED, `${size}\r\n{}\r\n0\r\n\r\n${SMUGGLED}`),
    answers: [400],
  })),
  {
    name: 'a chunk longer than it says',
    bytes: mint(CHUNKED, `2\r\n{}}}\r\n0\r\n\r\n${SMUGGLED}`),
    answers: [400],
  },
  {
    name: 'a chunk that ends in a line feed alone',
    bytes: mint(CHUNKED, `2\r\n{}\n0\r\n\r\n${SMUGGLED}`),
    answers: [400],
  },
  {
    name: 'a chunk extension of 20 kB',
    bytes: mint(CHUNKED, `2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    answers: [400],
  },
  {
    name: 'trailers that would change the request',
    bytes: mint(CHUNKED, '2\r\n{}\r\n0\r\nX-Cart-ID: other\r\n\r\n'),
    answers: [201],
  },
]

const HEADERS: Attack[] = [
  { name: 'a header on a folded line', bytes: read('X-Cart-ID: broken\r\n -http\r\n'), answers: [400] },
  { name: 'a null byte in a header', bytes: read('X-Cart-ID: broken\0http\r\n'), answers: [400] },
  {
    name: 'a carriage return in a header',
    bytes: read('X-Cart-ID: broken\rSet-Cookie: a=b\r\n'),
    answers: [400],
  },
  {
    name: 'a line feed in a header',
    bytes: read('X-Request-ID: a\nSet-Cookie: a=b\r\nX-Cart-ID: a\r\n'),
    answers: [400],
  },
  { name: 'a header without a name', bytes: read(': a\r\n'), answers: [400] },
  { name: 'a header without a colon', bytes: read('X-Cart-ID\r\n'), answers: [400] },
  { name: 'a header with a blank in its name', bytes: read('X Cart ID: a\r\n'), answers: [400] },
  { name: 'a header with a name in UTF-8', bytes: read('X-C\xc3\xa4rt: a\r\n'), answers: [400] },
  { name: 'a header of 20 kB', bytes: read(`X-Cart-ID: ${'a'.repeat(20_000)}\r\n`), answers: [431] },
  { name: 'a header of 1 MB', bytes: read(`X-Cart-ID: ${'a'.repeat(1_000_000)}\r\n`), answers: [431] },
  { name: 'a target of 20 kB', bytes: target(`/cart?${'a'.repeat(20_000)}`), answers: [431] },
  { name: '10,000 headers', bytes: read('a: b\r\n'.repeat(10_000)), answers: [431] },
  { name: 'no host', bytes: 'GET /health HTTP/1.1\r\n\r\n', answers: [400], byNode: true },
  {
    name: 'an expectation that nobody knows',
    bytes: mint('Expect: magic\r\nContent-Length: 2\r\n', '{}'),
    answers: [417],
    byNode: true,
  },
  {
    name: 'Expect: 100-continue',
    bytes: mint('Expect: 100-continue\r\nContent-Length: 2\r\n', '{}'),
    answers: [100, 201],
  },
  {
    name: 'Expect: 100-continue for 1 MB',
    bytes: mint('Expect: 100-continue\r\nContent-Length: 1000000\r\n', '['.repeat(1_000_000)),
    answers: [100, 413],
  },
  {
    name: 'an upgrade to a web socket',
    bytes: `GET /health HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    answers: [200],
  },
  {
    name: 'an upgrade to HTTP/2',
    bytes: `GET /health HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
    answers: [200],
  },
]

const LINES: Attack[] = [
  { name: 'an unknown method', bytes: `BREW /cart HTTP/1.1\r\n${HOST}\r\n`, answers: [400] },
  { name: 'a method in lower case', bytes: `get /health HTTP/1.1\r\n${HOST}\r\n`, answers: [400] },
  { name: 'PROPFIND', bytes: `PROPFIND /cart HTTP/1.1\r\n${HOST}\r\n`, answers: [405] },
  { name: 'TRACE', bytes: `TRACE /cart HTTP/1.1\r\n${HOST}Cookie: secret\r\n\r\n`, answers: [405] },
  { name: 'CONNECT', bytes: `CONNECT cart.example:443 HTTP/1.1\r\n${HOST}\r\n`, answers: [] },
  { name: 'OPTIONS *', bytes: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, answers: [404] },
  { name: 'a target with a scheme and a host', bytes: target('http://other.example/cart'), answers: [200] },
  { name: 'a target that is no path', bytes: target('cart'), answers: [400] },
  { name: 'a target of two slashes and a host', bytes: target('//other.example/cart'), answers: [404] },
  { name: 'a target with a fragment', bytes: target('/cart#/../..'), answers: [200] },
  { name: 'a blank in the target', bytes: target('/ca rt'), answers: [400] },
  { name: 'a null byte in the target', bytes: target('/ca\0rt'), answers: [400] },
  { name: 'UTF-8 in the target', bytes: target('/products/\xc3\xa4'), answers: [400] },
  {
    name: 'CR and LF, percent-encoded, in the target',
    bytes: target('/products/a%0d%0aSet-Cookie:%20a=b'),
    answers: [404],
  },
  { name: 'a target that climbs up', bytes: target('/docs/../../../../etc/passwd'), answers: [404] },
  {
    name: 'a target that climbs up, percent-encoded',
    bytes: target('/docs/%2e%2e%2f%2e%2e%2fetc%2fpasswd'),
    answers: [404],
  },
  { name: 'a target that is no UTF-8', bytes: target('/products/%ff'), answers: [400] },
  { name: 'HTTP/1.0', bytes: 'GET /health HTTP/1.0\r\n\r\n', answers: [200] },
  { name: 'HTTP/0.9', bytes: 'GET /health\r\n\r\n', answers: [200] },
  { name: 'HTTP/2 at once', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', answers: [400] },
  { name: 'HTTP/3.7', bytes: `GET /health HTTP/3.7\r\n${HOST}\r\n`, answers: [400] },
  { name: 'TLS', bytes: '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', answers: [400] },
  { name: 'line feeds alone', bytes: 'GET /health HTTP/1.1\nHost: cart.example\n\n', answers: [400] },
  { name: 'empty lines before the request', bytes: `\r\n\r\n${HEALTH}`, answers: [200] },
  { name: 'nothing', bytes: '', answers: [], ends: true },
  { name: 'half a request line', bytes: 'GET /hea', answers: [400], ends: true },
  { name: 'half the headers', bytes: `GET /health HTTP/1.1\r\n${HOST}X-Ca`, answers: [400], ends: true },
]

const PIPELINES: Attack[] = [
  { name: 'three requests at once', bytes: `${HEALTH}${target('/nowhere')}${ADD}`, answers: [200, 404, 200] },
  { name: '200 requests at once', bytes: HEALTH.repeat(200), answers: Array<number>(200).fill(200) },
  { name: 'a change, then garbage', bytes: `${ADD}GARBAGE\r\n\r\n`, answers: [200] },
  { name: 'two changes, then garbage', bytes: `${ADD}${ADD}\0\0\0\r\n\r\n`, answers: [200, 200] },
  {
    name: 'a long answer, then garbage',
    bytes: `GET /docs/swagger-ui-bundle.js HTTP/1.1\r\n${HOST}\r\nGARBAGE\r\n\r\n`,
    answers: [200],
  },
]

/** Headers that would change what comes of a file, where a server takes them from whoever sends them. */
const FILE_HEADERS = [
  'Range: bytes=99999999-',
  'Range: bytes=0-1,3-4',
  'If-Match: "x"',
  'If-Unmodified-Since: Mon, 01 Jan 2001 00:00:00 GMT',
  'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT',
  'If-None-Match: x',
  'If-Range: "x"\r\nRange: bytes=5-2',
  'Accept: image/png\r\nAccept-Encoding: identity;q=0, *;q=0',
  'Content-Length: 4\r\nContent-Encoding: gzip\r\n\r\nnone',
]

const PAGES: Attack[] = [
  '/',
  '/docs',
  '/docs/errors',
  '/docs/start.js',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
  '/openapi.json',
].flatMap((path) =>
  FILE_HEADERS.map((headers) => ({
    name: `${path} with ${JSON.stringify(headers)}`,
    bytes: `GET ${path} HTTP/1.1\r\n${HOST}${headers}${headers.includes('\r\n\r\n') ? '' : '\r\n\r\n'}`,
    answers: [path === '/' ? 302 : 200],
  })),
)

export const ATTACKS: readonly Attack[] = [
  ...BODIES,
  ...LENGTHS,
  ...HEADERS,
  ...LINES,
  ...PIPELINES,
  ...PAGES,
]

/**
 * Sends the bytes and returns all answers. After as many as are wanted the client closes its side, so that whatever
 * is too many comes as well.
 *
 * @throws when the API falls silent, or when what it says is no HTTP.
 */
export async function attack(url: string, { bytes, answers, ends = false }: Attack): Promise<Answer[]> {
  const connection = await Connection.open(url)
  try {
    for (const piece of [bytes].flat()) await connection.send(Buffer.from(piece, 'latin1'))
    if (ends) connection.finish()
    const seen: Answer[] = []
    for (;;) {
      if (!ends && seen.length === answers.length) connection.finish()
      const answer = await connection.next()
      if (answer === undefined) return seen
      seen.push(answer)
    }
  } finally {
    connection.destroy()
  }
}
