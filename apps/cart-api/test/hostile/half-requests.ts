import { Connection } from './connection.ts'

const HALVES: Readonly<Record<string, string>> = {
  nothing: '',
  'half a request line': 'GET /ca',
  'half the headers': 'GET /cart HTTP/1.1\r\nHost: cart.example\r\nX-Cart-ID: ha',
  'half a body':
    'POST /cart HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{',
  'half a chunk':
    'POST /cart HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{',
}
/** How many of each are open at a time. */
const COPIES = 20
/** The API waits 15 s for headers and 30 s for a request, and looks every 5 s. */
const PATIENCE = 45_000
/** Between two bytes of the request that never ends, in milliseconds. */
const DRIP = 500

/** What became of a request that never became whole: the status of its answer, or that there was none. */
export interface Ending {
  readonly name: string
  readonly end: number | 'closed without an answer'
}

/** Leaves requests half sent, and tells how each of them ends. The client never closes. */
export function leaveHalfRequests(url: string): Promise<Ending[]> {
  const left = Object.entries(HALVES).flatMap(([name, bytes]) =>
    Array.from({ length: COPIES }, () => leave(url, name, bytes)),
  )
  return Promise.all([...left, drip(url)])
}

async function leave(url: string, name: string, bytes: string): Promise<Ending> {
  const connection = await Connection.open(url)
  void connection.send(Buffer.from(bytes))
  return { name, end: await endOf(connection) }
}

/** Headers that come byte by byte, and never end. */
async function drip(url: string): Promise<Ending> {
  const connection = await Connection.open(url)
  void connection.send(Buffer.from('GET /cart HTTP/1.1\r\nX-Cart-ID: '))
  const dripping = setInterval(() => void connection.send(Buffer.from('a')), DRIP)
  try {
    return { name: 'headers that never end', end: await endOf(connection) }
  } finally {
    clearInterval(dripping)
  }
}

async function endOf(connection: Connection): Promise<Ending['end']> {
  try {
    const answer = await connection.next({ patience: PATIENCE })
    return answer?.status ?? 'closed without an answer'
  } finally {
    connection.destroy()
  }
}
