import { parseCartId, type UserId } from '@cartwright/cart-domain'
import type { Express, Request, Response } from 'express'
import Type from 'typebox'
import { fingerprint, parseIdempotencyKey } from '../carts/idempotency.ts'
import { parsePrecondition } from '../carts/preconditions.ts'
import type { Identity } from '../identity/identity.ts'
import { type Finding, malformed, Problem } from '../problems/catalogue.ts'
import { problemFrom } from '../problems/refusals.ts'
import { readBody } from './body.ts'
import { Exchange, type ExchangeOptions } from './exchange.ts'
import type { Incoming, Operation } from './operation.ts'
import { type Check, compile, findingsOf } from './validation.ts'

/**
 * Gives every operation its route; other methods of the path are answered with 405 and `Allow`. Whatever is thrown
 * leaves as a problem.
 */
export function serve(
  app: Express,
  operations: readonly Operation[],
  identity: Identity,
  options: ExchangeOptions,
): void {
  // By path, so that a fixed one (`/checkout/start`) is not taken for a parameter of the next (`/checkout/{orderId}`).
  for (const [path, sharing] of Map.groupBy(operations, (operation) => operation.path)) {
    for (const operation of sharing) {
      app[operation.method](expressPath(path), answerer(operation, identity, options))
    }
    app.all(expressPath(path), otherMethods(path, allowedMethods(sharing), options))
  }
}

/** Answers what no route answers: 404, and what Express itself fails on. Comes after every route. */
export function refuseTheRest(app: Express, options: ExchangeOptions): void {
  app.use((request: Request, response: Response) => {
    new Exchange(request, response, options).refuse(new Problem('not-found', 'there is no such route'))
  })
  // Express itself fails before any operation on a path that cannot be decoded. Four arguments mark the handler.
  app.use((error: unknown, request: Request, response: Response, _next: unknown) => {
    const exchange = new Exchange(request, response, options)
    exchange.refuse(isUndecodable(error) ? undecodable() : problemFrom(error))
  })
}

/** Answers what a route has no operation for: OPTIONS with `Allow`, anything else with 405 (RFC 9110 §15.5.6). */
export function otherMethods(path: string, allow: string, options: ExchangeOptions) {
  return (request: Request, response: Response): void => {
    const exchange = new Exchange(request, response, options)
    exchange.route = path
    if (request.method === 'OPTIONS') {
      exchange.reply({ status: 204, headers: { Allow: allow } })
    } else {
      const detail = `${path} has no ${request.method}; wanted: ${allow}`
      exchange.refuse(new Problem('method-not-allowed', detail, { headers: { Allow: allow } }))
    }
  }
}

function answerer(operation: Operation, identity: Identity, options: ExchangeOptions) {
  const read = reader(operation, identity)
  return async (request: Request, response: Response): Promise<void> => {
    const exchange = new Exchange(request, response, options)
    exchange.route = operation.path
    try {
      exchange.reply(await operation.run(await read(request, response, exchange)))
    } catch (error) {
      exchange.refuse(problemFrom(error))
    }
  }
}

/** Turns a request into what the operation takes, in the order of judgement: 401, then everything that is 400. */
function reader(operation: Operation, identity: Identity) {
  const parameters = parameterReader(operation)
  const body = operation.body === undefined ? undefined : compile(operation.body.schema)
  return async (request: Request, response: Response, exchange: Exchange): Promise<Incoming> => {
    const findings: Finding[] = []
    const onCart = operation.kind !== 'plain'
    // A cart id in the log belongs to every answer about a cart, also to a refusal of who asks.
    const cartId = onCart ? readCartId(request, identity, findings) : undefined
    exchange.cartId = cartId
    const identified = onCart ? identity.identify(request.headers) : undefined
    const caller: UserId | undefined = identified instanceof Promise ? await identified : identified
    exchange.userId = caller

    const values = parameters(request, findings)
    const content =
      body === undefined ? undefined : await readContent(operation, body, request, response, findings)
    const ifNoneMatch = operation.kind === 'read' ? readTags('If-None-Match', request, findings) : undefined
    const ifMatch = operation.kind === 'change' ? readTags('If-Match', request, findings) : undefined
    const key = operation.kind === 'change' ? readKey(request, findings) : undefined
    if (findings.length > 0) throw malformed(findings)

    const target = `${operation.path} ${JSON.stringify(values)}`
    return {
      parameters: values,
      body: content,
      asking: {
        // A missing one is a finding above wherever an operation looks at it.
        cartId: cartId as NonNullable<typeof cartId>,
        caller,
        deadline: exchange.deadline,
        observer: exchange,
        ...(exchange.traceparent === undefined ? {} : { traceparent: exchange.traceparent }),
      },
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
      conditions: {
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...(key === undefined
          ? {}
          : { key: { value: key, fingerprint: fingerprint(operation.method, target, content) } }),
      },
    }
  }
}

function readCartId(request: Request, identity: Identity, findings: Finding[]) {
  const text = request.headers['x-cart-id']
  const cartId = typeof text === 'string' ? parseCartId(text) : undefined
  const header = 'X-Cart-ID'
  if (text === undefined) findings.push({ header, message: 'is missing; POST /cart mints a cart id' })
  else if (cartId === undefined) findings.push({ header, message: 'must be 1-128 of A-Z a-z 0-9 . _ ~ -' })
  else if (cartId.length < identity.shortestCartId) {
    findings.push({ header, message: `must have at least ${identity.shortestCartId} characters` })
  }
  return cartId
}

function readTags(header: 'If-Match' | 'If-None-Match', request: Request, findings: Finding[]) {
  const text = request.headers[header === 'If-Match' ? 'if-match' : 'if-none-match']
  if (text === undefined) return undefined
  const precondition = parsePrecondition(text)
  if (precondition === undefined)
    findings.push({ header, message: 'must be * or a list of quoted entity tags' })
  return precondition
}

function readKey(request: Request, findings: Finding[]): string | undefined {
  const text = request.headers['idempotency-key']
  if (text === undefined) return undefined
  const key = typeof text === 'string' ? parseIdempotencyKey(text) : undefined
  if (key === undefined) {
    findings.push({ header: 'Idempotency-Key', message: 'must be 1-255 visible characters, bare or quoted' })
  }
  return key
}

async function readContent(
  operation: Operation,
  check: Check,
  request: Request,
  response: Response,
  findings: Finding[],
): Promise<unknown> {
  const given = await readBody(request, response)
  const content = given === undefined && operation.body?.required !== true ? {} : given
  if (content === undefined) findings.push({ pointer: '', message: 'a JSON body is wanted' })
  else if (!check.passes(content)) findings.push(...check.findings(content))
  return content
}

/** Reads what the operation declares of path and query; on operations on a cart, unknown query parameters are refused. */
function parameterReader({ pathParameters = {}, query = {}, kind }: Operation) {
  const path = Object.entries(pathParameters).map(([name, schema]) => ({ name, check: compile(schema) }))
  const known = Object.entries(query).map(([name, schema]) => ({ name, check: compile(schema) }))
  const anyQuery = compile(Type.Object(query, { additionalProperties: false }))
  return (request: Request, findings: Finding[]): Record<string, string> => {
    const values: Record<string, string> = {}
    for (const { name, check } of path) {
      const value = request.params[name]
      findings.push(...findingsOf(check, { parameter: name }, value))
      if (typeof value === 'string') values[name] = value
    }
    if (!request.url.includes('?')) return values
    const given: Record<string, unknown> = { ...request.query }
    for (const { name, check } of known) {
      const value = given[name]
      if (value === undefined) continue
      findings.push(...findingsOf(check, { parameter: name }, value))
      if (typeof value === 'string') values[name] = value
    }
    if (kind !== 'plain' && !anyQuery.passes(given)) {
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(query, name))
          findings.push({ parameter: name.slice(0, 100), message: 'is not a known parameter' })
      }
    }
    return values
  }
}

function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function allowedMethods(operations: readonly Operation[]): string {
  const methods = operations.map(({ method }) => method.toUpperCase())
  return [...(methods.includes('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS'].sort().join(', ')
}

/** How the router says that a path parameter is not percent-encoded UTF-8. */
function isUndecodable(error: unknown): boolean {
  return error instanceof URIError || (error as { status?: unknown } | null)?.status === 400
}

function undecodable(): Problem {
  return malformed([{ parameter: 'path', message: 'is not valid percent-encoded UTF-8' }])
}
