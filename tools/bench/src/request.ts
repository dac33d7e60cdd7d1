/** A request of the benchmark. */
export interface BenchRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body?: string
}

/** The request as it goes over the wire (RFC 9112 §2.1). */
export function wireText({ method, path, headers, body }: BenchRequest, url: string): string {
  const all = {
    Host: new URL(url).host,
    ...headers,
    ...(body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

/** Sends the request once and gives the body of the answer, which must be 2xx. */
export async function send(request: BenchRequest, url: string): Promise<string> {
  const { method, path, headers, body } = request
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    ...(body === undefined ? {} : { body }),
  })
  const text = await response.text()
  if (response.ok) return text
  throw new Error(`${method} ${path} got ${response.status} ${text}; wanted: a status of 2xx`)
}
