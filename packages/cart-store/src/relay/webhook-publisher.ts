import type { CartEvent } from '@cartwright/cart-domain'
import { textOf } from './event-text.ts'
import type { Publisher } from './publisher.ts'

export interface WebhookPublisherOptions {
  /** Gets `POST {"events": […]}`; any answer of 2xx accepts all of them. */
  readonly url: string
  /** Milliseconds that a call may take. @default 5000 */
  readonly timeout?: number
}

/** Posts events to a URL. */
export class WebhookPublisher implements Publisher {
  readonly limits = { events: 100, bytes: 256 * 1024, calls: 2 }
  readonly #url: string
  readonly #timeout: number

  constructor({ url, timeout = 5_000 }: WebhookPublisherOptions) {
    this.#url = url
    this.#timeout = timeout
  }

  sizeOf(event: CartEvent): number {
    return Buffer.byteLength(textOf(event))
  }

  async publish(events: readonly CartEvent[]): Promise<[]> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: `{"events":[${events.map(textOf).join()}]}`,
      redirect: 'error',
      signal: AbortSignal.timeout(this.#timeout),
    })
    // The connection is free again only when the body has been taken.
    await response.body?.cancel()
    if (!response.ok) throw new Error(`${this.#url} answered ${response.status}; wanted: 2xx`)
    return []
  }

  async close(): Promise<void> {
    // `fetch` keeps its connections itself.
  }
}
