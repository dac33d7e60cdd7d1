/** One header as it was received. */
export type Header = readonly [name: string, value: string]

/** What rules can ask about a request. */
export interface RequestFacts {
  readonly method: string
  /** `http` or `https`, as the client sees it. */
  readonly protocol: 'http' | 'https'
  /** Without a port. */
  readonly host: string
  /** The listener's declared one. */
  readonly port: number
  /** As sent: nothing is decoded. */
  readonly path: string
  /** Without the `?`; empty where there is none. */
  readonly query: string
  readonly headers: readonly Header[]
  /** Of the connection, whatever `X-Forwarded-For` says. */
  readonly address: string
}

/** The values of a header, in the order received. */
export function valuesOf(headers: readonly Header[], name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
}

/** `[::1]:80` → `[::1]`, `example.com:80` → `example.com`. */
export function withoutPort(host: string): string {
  return host.replace(/:\d*$/, '')
}
