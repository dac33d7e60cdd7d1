import { types } from 'node:util'
import type { ProductId } from '@cartwright/cart-domain'
import { TRACEPARENT } from '../../http/traceparent.ts'
import type { CatalogCall, Product } from '../catalog.ts'
import { seen } from '../flaw.ts'
import { Malformed, parseProduct, parseProductList } from '../parse.ts'
import { Breaker, type BreakerOptions, CallsPaused } from './breaker.ts'
import { Slots } from './slots.ts'

/** Bytes of one product's answer, unpacked; a long description and hundreds of variants fit. */
const MAX_PRODUCT_BYTES = 256 * 1024
/** Bytes of the list, unpacked: some 30,000 plain products. */
const MAX_LIST_BYTES = 8 * 1024 * 1024
/** How many requests may wait for each that is under way: some requests of a hundred products each, not a flood. */
const WAITING_PER_SLOT = 100
/** A service that is down fails many calls: it is said once in this time. */
const WARN_EVERY_MS = 10_000

export interface ProductServiceOptions {
  /** Ends in `/`. */
  readonly base: string
  /** Milliseconds from sending a request to the last byte of its answer. */
  readonly timeoutMs: number
  /** Requests under way at a time. */
  readonly parallel: number
  readonly breaker: BreakerOptions
  /** Hears of failed calls, at most once in ten seconds. */
  readonly warn: (message: string) => void
}

/**
 * A complete answer that is not what was asked for: another shape, another product, too large, a redirect. The
 * service is alive, so the breaker does not count it.
 */
export class UnusableAnswer extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UnusableAnswer'
  }
}

/** No call was made: its turn came after the last deadline of those who asked. */
class NobodyWaits extends Error {
  constructor() {
    super('its turn did not come before the deadline')
    this.name = 'NobodyWaits'
  }
}

interface HttpAnswer {
  readonly status: number
  /** Absent when it is too large. */
  readonly body: Uint8Array | undefined
}

/** The wire: `GET products/{id}` and `GET products`. Every call throws when there is no usable answer. */
export class ProductService {
  readonly #options: ProductServiceOptions
  readonly #slots: Slots
  readonly #breaker: Breaker
  readonly #underWay = new Set<AbortController>()
  #closed = false
  #quietUntil = 0

  constructor(options: ProductServiceOptions) {
    this.#options = options
    this.#slots = new Slots(options.parallel, options.parallel * WAITING_PER_SLOT)
    this.#breaker = new Breaker(options.breaker)
  }

  /** `gone`: the service says that there is no such product. */
  async product(id: ProductId, call: CatalogCall): Promise<Product | 'gone'> {
    const segment = pathSegment(id)
    if (segment === undefined) return 'gone'
    return this.#ask(`products/${segment}`, MAX_PRODUCT_BYTES, call, (answer) => {
      if (answer.status === 404 || answer.status === 410) return 'gone'
      const product = parseProduct(bodyOf(answer, MAX_PRODUCT_BYTES))
      if (product.productId === id) return product
      throw new UnusableAnswer(`/productId is ${seen(product.productId)}, wanted ${seen(id)}`)
    })
  }

  async products(call: CatalogCall): Promise<readonly Product[]> {
    return this.#ask('products', MAX_LIST_BYTES, call, (answer) =>
      parseProductList(bodyOf(answer, MAX_LIST_BYTES)),
    )
  }

  /** Whether a request that nobody waits for may go out: at most half of the slots are for those. */
  get hasRoom(): boolean {
    return !this.#closed && this.#breaker.lets && this.#slots.free * 2 > this.#options.parallel
  }

  /** Whole seconds, 1 or more, until asking again makes sense. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(this.#breaker.pauseLeftMs / 1000))
  }

  close(): void {
    this.#closed = true
    for (const request of this.#underWay) request.abort(new Error('the catalog was closed'))
  }

  async #ask<Answer>(
    path: string,
    maxBytes: number,
    call: CatalogCall,
    judge: (answer: HttpAnswer) => Answer,
  ): Promise<Answer> {
    try {
      // Also before the wait for a slot: while calls pause the answer is there at once.
      this.#breaker.check()
      return judge(await this.#slots.run(() => this.#send(path, maxBytes, call)))
    } catch (error) {
      const failure = error instanceof Malformed ? new UnusableAnswer(error.message) : error
      this.#tell(path, failure)
      throw failure
    }
  }

  async #send(path: string, maxBytes: number, call: CatalogCall): Promise<HttpAnswer> {
    if (this.#closed) throw new Error('the catalog was closed')
    if (performance.now() >= call.deadline) throw new NobodyWaits()
    return this.#breaker.run(async () => {
      const answer = await this.#get(path, maxBytes, call.traceparent)
      const { status } = answer
      if (status >= 500 || status === 429) throw new Error(`status is ${status}, wanted 200 or 404`)
      return answer
    })
  }

  /**
   * Not cut at the caller's deadline: others may have joined who wait for longer, what comes is kept for the next
   * one, and a caller in a hurry must not count as a failure of the service.
   */
  async #get(path: string, maxBytes: number, traceparent: string | undefined): Promise<HttpAnswer> {
    const { base, timeoutMs } = this.#options
    const request = new AbortController()
    const timer = setTimeout(() => request.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
    this.#underWay.add(request)
    try {
      const response = await fetch(base + path, {
        headers: { accept: 'application/json', ...trace(traceparent) },
        redirect: 'manual',
        signal: request.signal,
      })
      return { status: response.status, body: await boundedBody(response, maxBytes) }
    } finally {
      clearTimeout(timer)
      this.#underWay.delete(request)
    }
  }

  #tell(path: string, failure: unknown): void {
    const now = performance.now()
    const wasMade = !(failure instanceof CallsPaused || failure instanceof NobodyWaits)
    if (!wasMade || this.#closed || now < this.#quietUntil) return
    this.#quietUntil = now + WARN_EVERY_MS
    this.#options.warn(`product service: GET ${this.#options.base}${path}: ${reason(failure)}`)
  }
}

/**
 * The id as one segment of a path. `undefined` where no URL can name it, so that no such product can exist: `.` and
 * `..` change the path however they are written (WHATWG URL), half a surrogate pair has no UTF-8.
 */
function pathSegment(id: ProductId): string | undefined {
  return id === '.' || id === '..' || !id.isWellFormed() ? undefined : encodeURIComponent(id)
}

/** What else a caller sends under that name is not passed on. */
function trace(traceparent: string | undefined): { traceparent?: string } {
  return traceparent !== undefined && TRACEPARENT.test(traceparent) ? { traceparent } : {}
}

function bodyOf({ status, body }: HttpAnswer, maxBytes: number): Uint8Array {
  if (status !== 200) throw new UnusableAnswer(`status is ${status}, wanted 200 or 404 (no redirects)`)
  if (body === undefined)
    throw new UnusableAnswer(`the body is larger than wanted: more than ${maxBytes} bytes`)
  return body
}

/** The body, or `undefined` as soon as it is known to be too large; the rest is not read then. */
async function boundedBody(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** `fetch` says "fetch failed" and keeps why in the cause, which has a code but, for several addresses, no text. */
function reason(failure: unknown): string {
  if (!types.isNativeError(failure)) return String(failure)
  const { cause } = failure
  if (!types.isNativeError(cause)) return failure.message
  return cause.message || ('code' in cause ? String(cause.code) : failure.message)
}
