import { STATUS_CODES } from 'node:http'
import type { RequestReason } from '../journal/events.ts'

/** An answer of the load balancer itself. */
export interface OwnAnswer {
  readonly status: number
  readonly reason: RequestReason
}

/** Where load balancers of AWS write other words than Node, or none. */
const WORDS: Readonly<Record<number, string>> = {
  405: 'Not Allowed',
  408: 'Request Time-out',
  414: 'Request-URI Too Large',
  463: '',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
  505: 'HTTP Version Not Supported',
}

export const SERVER = 'awselb/2.0'

export function wordsOf(status: number): string {
  return WORDS[status] ?? STATUS_CODES[status] ?? ''
}

/** The page that says so. */
export function pageOf(status: number): string {
  const title = `${status} ${wordsOf(status)}`.trim()
  return [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<center><h1>${title}</h1></center>`,
    '</body>',
    '</html>',
    '',
  ].join('\r\n')
}

/** The whole answer as bytes, for connections on which nothing was understood; they are closed after it. */
export function rawAnswer(status: number, tellsServer: boolean): string {
  const page = pageOf(status)
  return [
    `HTTP/1.1 ${status} ${wordsOf(status)}`,
    ...(tellsServer ? [`Server: ${SERVER}`] : []),
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/html',
    `Content-Length: ${Buffer.byteLength(page)}`,
    'Connection: close',
    '',
    page,
  ].join('\r\n')
}
