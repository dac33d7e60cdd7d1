import type { Currency, ProductId } from '@cartwright/cart-domain'
import {
  type Catalog,
  type CatalogCall,
  CatalogNotOpened,
  CatalogUnavailable,
  type Product,
} from './catalog.ts'
import { seen } from './flaw.ts'
import { Answers, NoAnswer } from './http/answers.ts'
import { ProductService } from './http/product-service.ts'

export interface HttpCatalogOptions {
  /** What `/products` and `/products/{productId}` are put behind: `https://products.example/v1`. */
  readonly url: string
  /** The currency of empty carts as long as the service has shown no price. */
  readonly defaultCurrency: Currency
  /** Hears of failed calls, at most once in ten seconds. */
  readonly warn: (message: string) => void
  /** Milliseconds from sending a request to the last byte of its answer. @default 1000 */
  readonly timeoutMs?: number
  /** Requests under way at a time; at most half of them in the background. @default 16 */
  readonly parallel?: number
  /** Products kept, those used last. @default 10000 */
  readonly entries?: number
  /** Milliseconds for which a product, or the list, is not asked for again. @default 30000 */
  readonly freshMs?: number
  /** The same for a product that does not exist. @default 5000 */
  readonly goneFreshMs?: number
  /** Milliseconds for which the last answer is used where a new one cannot be had. @default 300000 */
  readonly staleMs?: number
  /** Failed calls in a row after which calls pause. @default 5 */
  readonly failures?: number
  /** Milliseconds of the first pause; doubled by each failed trial. @default 1000 */
  readonly pauseMs?: number
  /** @default 30000 */
  readonly maxPauseMs?: number
}

/**
 * The catalog of a product service that answers `GET <url>/products/{productId}` with a product (404 or 410: there
 * is none) and `GET <url>/products` with `{products: […]}`, shaped as the API shows them; further fields are ignored.
 *
 * Nothing is asked at start, and nothing of it stops the cart from serving:
 *
 * - *Down* (no connection, cut off, 5xx, 429): products seen in the last five minutes are used, at their last price;
 *   the others are {@link CatalogUnavailable}. After five failures in a row no call is made for a second, doubling up
 *   to thirty, then one trial; meanwhile answers are immediate. A product known *not* to exist is no answer to fall
 *   back on: it may have been created.
 * - *Slow*: the same after a second for a request, or at the caller's deadline. A request outlives the deadline of
 *   who began it, up to its own second: others wait for it too, and what it brings is kept.
 * - *Lying* (another shape, another product, a redirect or another status, a body that is too large or no JSON): the
 *   same for that product, which is then asked for once a second. One wrong product in the list makes it a wrong
 *   list. The breaker does not count lies: a broken product must not take the others along. Redirects are not followed.
 *
 * The same product is requested once at a time, however many want it. Products of a list are not taken for lookups.
 *
 * @throws CatalogNotOpened when the URL is none.
 */
export function openHttpCatalog(options: HttpCatalogOptions): Catalog {
  return new HttpCatalog(baseOf(options.url), options)
}

class HttpCatalog implements Catalog {
  readonly #service: ProductService
  readonly #products: Answers<ProductId, Product | 'gone'>
  readonly #list: Answers<'all', readonly Product[]>
  #currency: Currency
  #sawPrice = false

  constructor(base: string, options: HttpCatalogOptions) {
    const { freshMs = 30_000, goneFreshMs = 5_000, staleMs = 300_000, pauseMs = 1000 } = options
    const { timeoutMs = 1000, parallel = 16, failures = 5, maxPauseMs = 30_000, warn } = options
    this.#currency = options.defaultCurrency
    const breaker = { failures, pauseMs, maxPauseMs }
    const service = new ProductService({ base, timeoutMs, parallel, breaker, warn })
    this.#service = service
    const shared = { staleMs, pauseMs, hasRoom: () => service.hasRoom }
    this.#products = new Answers({
      ...shared,
      capacity: options.entries ?? 10_000,
      freshMs: (answer) => (answer === 'gone' ? goneFreshMs : freshMs),
      standsIn: (answer) => answer !== 'gone',
      ask: async (id, call) => this.#seeing(await service.product(id, call)),
    })
    this.#list = new Answers({
      ...shared,
      capacity: 1,
      freshMs: () => freshMs,
      standsIn: () => true,
      ask: async (_all, call) => {
        const products = await service.products(call)
        this.#seeing(products[0])
        return products
      },
    })
  }

  async lookup(ids: Iterable<ProductId>, call: CatalogCall): Promise<ReadonlyMap<ProductId, Product>> {
    const answers = await this.#products
      .get(ids, call)
      .catch((error) => this.#unavailable('a product', error))
    const found = new Map<ProductId, Product>()
    for (const [id, answer] of answers) if (answer !== 'gone') found.set(id, answer)
    return found
  }

  known(id: ProductId): Product | 'gone' | undefined {
    return this.#products.peek(id)
  }

  async list(call: CatalogCall): Promise<readonly Product[]> {
    const answers = await this.#list.get(['all'], call).catch((error) => this.#unavailable('the list', error))
    return answers.get('all') ?? []
  }

  get defaultCurrency(): Currency {
    return this.#currency
  }

  close(): void {
    this.#service.close()
  }

  #seeing<Answer extends Product | 'gone' | undefined>(answer: Answer): Answer {
    if (answer !== undefined && answer !== 'gone' && !this.#sawPrice) {
      this.#sawPrice = true
      this.#currency = answer.price.currency
    }
    return answer
  }

  #unavailable(what: string, error: unknown): never {
    if (!(error instanceof NoAnswer)) throw error
    throw new CatalogUnavailable(`${what} (${seen(error.key)}) cannot be had from the product service now`, {
      retryAfterSeconds: this.#service.retryAfterSeconds,
      cause: error.cause,
    })
  }
}

/** The URL, ending in `/`. */
function baseOf(text: string): string {
  const wanted = 'wanted an http or https URL such as https://products.example/v1'
  // Passwords and keys do not belong into a log.
  const shown = text.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*/, '?…')
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new CatalogNotOpened(`catalog URL is ${seen(shown)}, ${wanted}`)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new CatalogNotOpened(
      `catalog URL is ${seen(shown)}, ${wanted}, without user, password, query or fragment`,
    )
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}
