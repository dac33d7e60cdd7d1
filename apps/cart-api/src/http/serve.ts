import { parseCartId, type UserId } from '@cartwright/cart-domain'
import type { Express, Request, Response } from 'express'
import Type from 'typebox'
import { fingerprint, parseIdempotencyKey } from '../carts/idempotency.ts'
import { parsePrecondition } from '../carts/preconditions.ts'
import type { Identity } from '../identity/identity.ts'
import { type Finding, malformed, Problem } from '../problems/catalogue.ts'
import { problemFrom } from '../problems/refusals.ts'
import { announcesBody, readBody } from './body.ts'
import { Exchange, type ExchangeOptions } from './exchange.ts'
import { bodyOf, type Incoming, isOnCart, type Operation } from './operation.ts'
import { compile, findingsOf } from './validation.ts'

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
    new Exchange(request, response, options).refuse(problemOfExpress(error))
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
      const incoming = await read(request, exchange)
      // Its connection broke off while it came in: the client has been told that nothing was changed.
      if (exchange.isAnswered) return
      exchange.reply(await operation.run(incoming))
    } catch (error) {
      exchange.refuse(problemFrom(error))
    }
  }
}

/** Turns a request into what the operation takes, in the order of judgement: 401, then everything that is 400. */
function reader(operation: Operation, identity: Identity) {
  const parameters = parameterReader(operation)
  const content = contentReader(operation)
  const onCart = isOnCart(operation)
  return async (request: Request, exchange: Exchange): Promise<Incoming> => {
    const findings: Finding[] = []
    // A cart id in the log belongs to every answer about a cart, also to a refusal of who asks.
    const cartId = onCart ? readCartId(request, identity, findings) : undefined
    exchange.cartId = cartId
    const identified = operation.kind === 'plain' ? undefined : identity.identify(request.headers)
    const caller: UserId | undefined = identified instanceof Promise ? await identified : identified
    exchange.userId = caller

    const values = parameters(request, findings)
    const body = content === undefined ? undefined : await content(request, findings)
    const ifNoneMatch = operation.kind === 'read' ? readTags('If-None-Match', request, findings) : undefined
    const ifMatch = operation.kind === 'change' ? readTags('If-Match', request, findings) : undefined
    const key = operation.kind === 'change' ? readKey(request, findings) : undefined
    if (findings.length > 0) throw malformed(findings)

    const target = `${operation.path} ${JSON.stringify(values)}`
    return {
      parameters: values,
      body,
      asking: {
        // A missing one is a finding above wherever an operation looks at it.
        cartId: cartId as NonNullable<typeof cartId>,
        caller,
        deadline: exchange.deadline(),
        observer: exchange,
        ...(exchange.traceparent === undefined ? {} : { traceparent: exchange.traceparent }),
      },
      ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
      conditions: {
        ...(ifMatch === undefined ? {} : { ifMatch }),
        ...(key === undefined
          ? {}
          : { key: { value: key, fingerprint: fingerprint(operation.method, target, body) } }),
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
  const key = typeof text === 'string' && !isRepeated(text, request) ? parseIdempotencyKey(text) : undefined
  if (key === undefined) {
    const message = 'must be 1-255 visible characters, bare or quoted, and be there once'
    findings.push({ header: 'Idempotency-Key', message })
  }
  return key
}

/** Node joins the values of a repeated header by a comma, which a key may hold itself. */
function isRepeated(key: string, request: Request): boolean {
  return key.includes(', ') && request.headersDistinct['idempotency-key']?.length !== 1
}

/** Reads the body to its end and judges it, where the operation has one. */
function contentReader(operation: Operation) {
  const body = bodyOf(operation)
  if (body === undefined) return undefined
  const check = compile(body.schema)
  return async (request: Request, findings: Finding[]): Promise<unknown> => {
    const given = announcesBody(request) ? await readBody(request) : undefined
    const content = given === undefined && !body.required ? {} : given
    if (content === undefined) findings.push({ pointer: '', message: 'a JSON body is wanted' })
    else if (!check.passes(content)) findings.push(...check.findings(content))
    return content
  }
}

/** Reads what the operation declares of path and query; on operations on a cart, unknown query parameters are refused. */
function parameterReader(operation: Operation) {
  const { pathParameters = {}, query = {} } = operation
  const onCart = isOnCart(operation)
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
    if (onCart && !anyQuery.passes(given)) {
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

/** What Express and its kind throw tells by its `status` whose fault it is; 400 is a path that is no UTF-8. */
function problemOfExpress(error: unknown): Problem {
  const status = error instanceof URIError ? 400 : (error as { status?: unknown } | null)?.status
  if (typeof status !== 'number' || status < 400 || status > 499) return problemFrom(error)
  const message =
    status === 400 ? 'is not valid percent-encoded UTF-8' : 'cannot be served with the headers of the request'
  return malformed([{ parameter: 'path', message }])
}
