import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { SmokeOptions } from './smoke.ts'
import { BadReach, type Reach, reachOf } from './target/reach.ts'
import type { Place } from './target/target.ts'

export interface Options {
  readonly smoke: SmokeOptions
  /** One document at the end instead of lines. */
  readonly isJson: boolean
}

export const HELP = `npm run smoke -- <url> [options]

Tries a running API from outside, as its clients do: health, a cart's life, merge, checkout, idempotency, versions, problems,
and whether another instance sees the same cart. Works on carts of its own, which are empty afterwards, and makes one order.
Ends with 1 where a check fails.

  --instances <n>          so many different instances have to answer, 1 unless given
  --release <tag>          what /metadata has to tell
  --queue-url <url>        the SQS queue in which the event of the checkout has to arrive
  --token <jwt>            sent as Bearer token, for IDENTITY=jwt; a guest without it
  --ca <file>              PEM of the authority that is trusted instead of the usual ones
  --connect-to <host:port> where the URL's host really listens; Host and the name in TLS stay the URL's
  --timeout <seconds>      for each request, 10 unless given
  --json                   one JSON document on standard output, the lines on standard error
  --help                   this text

CARTWRIGHT_CONNECT_TO and CARTWRIGHT_CA say where a rehearsal listens, and whom to trust there, where no option does:
eval "$(npm run -s rehearse -- --env)"
`

/** The command line cannot be used; the message says what is wanted. */
export class BadOptions extends Error {}

/**
 * @param env what may say how the URL is reached
 * @throws {BadOptions}
 */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv = {}): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const [url, ...more] = positionals
  if (url === undefined) throw new BadOptions('no url is named; wanted: one such as https://shop.example.com')
  if (more.length > 0) throw new BadOptions(`"${more.join(' ')}" is too much; wanted: one url`)
  const { ca, release, token, 'connect-to': connectTo, 'queue-url': queueUrl } = values
  const origin = originIn('the url', url)
  return {
    smoke: {
      url: origin,
      ...reachIn(origin, env),
      instances: whole('--instances', values.instances ?? '1', 1, 100),
      timeout: whole('--timeout', values.timeout ?? '10', 1, 600),
      ...(release === undefined ? {} : { release }),
      ...(token === undefined ? {} : { token: tokenIn(token) }),
      ...(ca === undefined ? {} : { ca: certificatesIn(ca) }),
      ...(connectTo === undefined ? {} : { connectTo: placeIn(connectTo) }),
      ...(queueUrl === undefined ? {} : { queue: { url: queueIn(queueUrl) } }),
    },
    isJson: values.json === true,
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        instances: text,
        release: text,
        'queue-url': text,
        token: text,
        ca: text,
        'connect-to': text,
        timeout: text,
        json: flag,
        help: flag,
      },
    })
  } catch (error) {
    throw new BadOptions((error as Error).message)
  }
}

function originIn(name: string, value: string): string {
  const url = URL.parse(value)
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin
  throw new BadOptions(
    `${name} is "${value}"; wanted: http or https, a host and perhaps a port, such as https://shop.example.com`,
  )
}

function reachIn(url: string, env: NodeJS.ProcessEnv): Reach {
  try {
    return reachOf(url, env)
  } catch (error) {
    throw error instanceof BadReach ? new BadOptions(error.message) : error
  }
}

function queueIn(value: string): string {
  const url = URL.parse(value)
  if (url !== null && /^https?:$/.test(url.protocol) && /^\/.+\/.+/.test(url.pathname)) return value
  throw new BadOptions(
    `--queue-url is "${value}"; wanted: one such as https://sqs.eu-west-1.amazonaws.com/123456789012/orders`,
  )
}

function placeIn(value: string): Place {
  const [, inBrackets, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value) ?? []
  const host = inBrackets ?? plain
  if (host !== undefined && Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) }
  throw new BadOptions(`--connect-to is "${value}"; wanted: host:port such as 127.0.0.1:8443`)
}

/** It is nobody's to read, in a log neither. */
function tokenIn(value: string): string {
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return value
  throw new BadOptions('--token is none; wanted: a JWT, three parts with dots between them')
}

function certificatesIn(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new BadOptions(`--ca is "${file}", which cannot be read: ${(error as Error).message}`)
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new BadOptions(`--ca is "${file}", which holds no certificate; wanted: PEM`)
}

function whole(name: string, value: string, min: number, max: number): number {
  const number = /^\d{1,3}$/.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= max) return number
  throw new BadOptions(`${name} is "${value}"; wanted: a whole number from ${min} to ${max}`)
}
