import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { Chance } from '@cartwright/test-servers'
import type { CartInput, CartOutput, Lines } from './cart-specification.ts'
import { NOBODY_LISTENS } from './front.ts'
import type { Operation } from './linearizability.ts'

/** How long a client waits for an answer, in milliseconds. */
const PATIENCE = 5_000
/** How often a lost request is sent again at the most. */
const REPEATS = 4

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  /** It is the kept answer of an earlier request with the same key. */
  readonly isReplay: boolean
  /** A cache has answered. */
  readonly isHit: boolean
}

/** A client that sends one request after the other, and sends some again whose answers were lost. */
export class Shopper {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #chance: Chance
  readonly #urls: readonly string[]
  readonly #name: string
  /** What no right API answers, as it came. */
  readonly strange: string[] = []
  /** How many answers were those of requests that had been carried out before, unheard. */
  replays = 0
  /** How many reads a cache has answered. */
  hits = 0

  constructor(name: string, chance: Chance, urls: readonly string[]) {
    this.#name = name
    this.#chance = chance
    this.#urls = urls
  }

  /** Resolves with what was heard in the end; `undefined` where it certainly did not happen. */
  async ask(input: CartInput): Promise<Operation<CartInput, CartOutput> | undefined> {
    const by = this.#name
    const sent = performance.now()
    // Without a key nothing may be sent again: that is what a key is for.
    const key = this.#chance.next() < 0.3 ? undefined : randomUUID()
    let mayHaveHappened = false
    for (let attempt = 0; attempt <= REPEATS; attempt += 1) {
      const answer = await this.#send(input, key).catch(() => 'lost' as const)
      const output = typeof answer === 'string' ? undefined : outputOf(answer)
      if (typeof answer !== 'string' && answer.isReplay) this.replays += 1
      if (typeof answer !== 'string' && answer.isHit) this.hits += 1
      if (output === 'strange')
        this.strange.push(`${by} got ${JSON.stringify(answer)} for ${JSON.stringify(input)}`)
      else if (output !== undefined) return { by, input, output, sent, answered: performance.now() }
      const isUnknown = typeof answer === 'string' ? answer === 'lost' : answer.body['outcome'] === 'unknown'
      if (isUnknown || output === 'strange') mayHaveHappened = true
      // Some clients give up at once.
      if (this.#chance.next() < 0.3 || (key === undefined && mayHaveHappened)) break
      await new Promise((resolve) => setTimeout(resolve, 10 + 50 * this.#chance.next()))
    }
    if (!mayHaveHappened || input.does === 'read') return undefined
    return { by, input, output: undefined, sent, answered: Number.POSITIVE_INFINITY }
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(input: CartInput, key: string | undefined): Promise<Answer | 'refused'> {
    const { method, path, body } = wireOf(input)
    const text = body === undefined ? '' : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const outgoing = request(`${this.#chance.of(this.#urls)}${path}`, {
        method,
        agent: this.#agent,
        timeout: PATIENCE,
        headers: {
          'X-Cart-ID': input.cart,
          ...(method === 'GET' || key === undefined ? {} : { 'Idempotency-Key': key }),
          ...(text === ''
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
        },
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
      outgoing.on('error', reject)
      outgoing.on('response', (incoming) => {
        let received = ''
        incoming.setEncoding('utf8').on('data', (part: string) => {
          received += part
        })
        incoming.on('error', reject)
        incoming.on('end', () => {
          const { statusCode: status = 0, headers } = incoming
          if (status === NOBODY_LISTENS) return resolve('refused')
          const isReplay = headers['idempotent-replayed'] === 'true'
          resolve({ status, body: bodyOf(received), isReplay, isHit: headers['x-cache'] === 'hit' })
        })
      })
      outgoing.end(text)
    })
  }
}

/** What is no JSON is no answer of a right API: as it came, under a name that none has. */
function bodyOf(received: string): Record<string, unknown> {
  try {
    return JSON.parse(received)
  } catch {
    return { received }
  }
}

function wireOf(input: CartInput): { method: string; path: string; body?: object } {
  switch (input.does) {
    case 'read':
      return { method: 'GET', path: '/cart' }
    case 'add':
      return {
        method: 'POST',
        path: '/cart/items',
        body: { productId: input.line, quantity: input.quantity },
      }
    case 'set':
      return { method: 'PATCH', path: `/cart/items/${input.line}`, body: { quantity: input.quantity } }
    case 'clear':
      return { method: 'DELETE', path: '/cart' }
    case 'merge':
      return { method: 'POST', path: '/cart/merge', body: { sourceCartId: input.source } }
    case 'checkout':
      return { method: 'POST', path: '/checkout/start', body: {} }
  }
}

/**
 * What the answer tells; `undefined` where it tells that nothing is known, or that it was not carried out this time;
 * `strange` where no right API answers so.
 */
function outputOf({ status, body }: Answer): CartOutput | 'strange' | undefined {
  if (status === 503 || (status === 409 && body['code'] === 'request-in-progress')) return undefined
  if (status === 404 && body['code'] === 'line-not-found') return { kind: 'refused', code: 'line-not-found' }
  if (status === 409 && body['code'] === 'cart-empty') return { kind: 'refused', code: 'cart-empty' }
  const lines: Record<string, number> = {}
  for (const line of (body['lines'] ?? []) as { productId: string; quantity: number }[]) {
    lines[line.productId] = line.quantity
  }
  if (typeof body['orderId'] === 'string' && (status === 200 || status === 201)) {
    return { kind: 'order', orderId: body['orderId'], isNew: status === 201, lines: lines as Lines }
  }
  if (status === 200 && typeof body['version'] === 'number') {
    return { kind: 'cart', version: body['version'], lines }
  }
  return 'strange'
}
