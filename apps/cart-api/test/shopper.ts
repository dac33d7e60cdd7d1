import { randomUUID } from 'node:crypto'
import request, { type Test } from 'supertest'

/** Somebody who shops over HTTP: a cart id, and the headers that go with every request. */
export class Shopper {
  readonly cartId: string
  readonly #url: string
  readonly #headers: Readonly<Record<string, string>>

  constructor(url: string, headers: Readonly<Record<string, string>> = {}, cartId: string = randomUUID()) {
    this.#url = url
    this.#headers = headers
    this.cartId = cartId
  }

  /** The same cart with further headers. */
  with(headers: Readonly<Record<string, string>>): Shopper {
    return new Shopper(this.#url, { ...this.#headers, ...headers }, this.cartId)
  }

  /** The same cart, as a user who has signed in (`IDENTITY=header`). */
  as(user: string): Shopper {
    return this.with({ 'X-User-ID': user })
  }

  get(path: string): Test {
    return this.#prepared(request(this.#url).get(path))
  }

  post(path: string, body?: object): Test {
    return this.#prepared(request(this.#url).post(path)).send(body)
  }

  patch(path: string, body?: object): Test {
    return this.#prepared(request(this.#url).patch(path)).send(body)
  }

  delete(path: string): Test {
    return this.#prepared(request(this.#url).delete(path))
  }

  cart(): Test {
    return this.get('/cart')
  }

  add(productId: string, quantity = 1, variant?: string): Test {
    return this.post('/cart/items', { productId, quantity, ...(variant === undefined ? {} : { variant }) })
  }

  mergeFrom(source: Shopper, strategy?: string): Test {
    return this.post('/cart/merge', {
      sourceCartId: source.cartId,
      ...(strategy === undefined ? {} : { strategy }),
    })
  }

  checkOut(body?: object): Test {
    return this.post('/checkout/start', body)
  }

  #prepared(test: Test): Test {
    return test.set('X-Cart-ID', this.cartId).set(this.#headers)
  }
}
