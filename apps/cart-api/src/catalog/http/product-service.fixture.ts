import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ProductId } from '@cartwright/cart-domain'
import type { Product } from '../catalog.ts'

/** How the service answers; a test replaces it in the middle of things. */
export type Answering = (path: string, response: ServerResponse, request: IncomingMessage) => void

/** A product service for tests: a real server that sells what it is asked for, or does as a test says. */
export class TestService {
  answering: Answering = selling
  /** The paths asked for, in order. */
  readonly paths: string[] = []
  readonly traceparents: (string | undefined)[] = []
  /** The most requests that were under way at a time. */
  mostUnderWay = 0
  #underWay = 0
  #port = 0
  readonly #server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    this.paths.push(path)
    const { traceparent } = request.headers
    this.traceparents.push(typeof traceparent === 'string' ? traceparent : undefined)
    this.#underWay++
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#underWay)
    response.once('close', () => this.#underWay--)
    this.answering(path, response, request)
  })

  get url(): string {
    return `http://127.0.0.1:${this.#port}/shop`
  }

  async start(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    // A TCP server's address is an object.
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Refuses connections from now on, until it is started again on the same port. */
  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    if (this.#server.listening) await once(this.#server, 'close')
  }
}

/** A plain product of 10.00 EUR. */
export function productOf(productId: string, amount = 1000): Product {
  // Tests may name a product as they like.
  return { productId: productId as ProductId, name: `The ${productId}`, price: { amount, currency: 'EUR' } }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Every product exists, at 10.00 EUR. */
export function selling(path: string, response: ServerResponse): void {
  if (path === '/shop/products') sendJson(response, { products: [productOf('lamp'), productOf('chair')] })
  else sendJson(response, productOf(path.slice('/shop/products/'.length)))
}

/** Only errors, with this status. */
export function failing(status: number) {
  return (_path: string, response: ServerResponse) => sendJson(response, { error: 'not today' }, status)
}

/** Takes requests and never answers. */
export function silent(): void {}
