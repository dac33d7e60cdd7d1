import type { CartEvent, CartId } from '@cartwright/cart-domain'
import type { OutboxRow } from '@cartwright/cart-store'
import { Consumer } from '../../../../packages/cart-domain/test/consumer.ts'

/** What an outbox row tells of the cart that the command was for. */
export interface Commit {
  readonly cartId: CartId
  readonly version: number
  readonly order?: { readonly orderId: string; readonly lines: Lines }
}

/** Lines as events and answers both show them. */
export type Lines = readonly {
  readonly productId: string
  readonly variant?: string
  readonly quantity: number
  readonly unitPrice: { readonly amount: number; readonly currency: string }
}[]

export const added = (cartId: CartId, quantity: number): string => `${cartId} got ${quantity} more`
export const setTo = (cartId: CartId, quantity: number): string => `${cartId} was set to ${quantity}`
export const merged = (cartId: CartId, source: CartId): string => `${cartId} took over ${source}`
export const ordered = (cartId: CartId, orderId: string): string => `${cartId} became the order ${orderId}`

/** What the outbox tells: who knows nothing else must be able to follow every cart from version to version. */
export class History {
  /** What is wrong with the rows in themselves. */
  readonly findings: string[] = []
  /** By what they did, in the words above. */
  readonly commits = new Map<string, Commit>()
  /** The last version of each cart. */
  readonly versions = new Map<CartId, number>()
  readonly #lines = new Map<string, Lines>()

  constructor(rows: readonly OutboxRow[]) {
    for (const row of rows) this.#judge(row)
    const events = rows.flatMap((row) => row.events)
    for (const [cartId, ofCart] of Map.groupBy(events, (event) => event.cartId)) this.#follow(cartId, ofCart)
  }

  /** The cart as its events make it in that version. */
  cart(cartId: CartId, version: number): { readonly version: number; readonly lines: Lines | undefined } {
    return { version, lines: this.#lines.get(`${cartId} ${version}`) }
  }

  /** A row is one commit: one version of the cart that was asked, and for a merge one of its source. */
  #judge({ id, cartId, events }: OutboxRow): void {
    const [first] = events
    const carts = first?.type === 'cart-merged' ? [cartId, first.data.sourceCartId] : [cartId]
    const right =
      events.length === carts.length &&
      events.every((event, place) => event.cartId === carts[place] && event.index === 0)
    if (!right || first === undefined) {
      this.findings.push(`the row ${id} is not that of one commit: ${JSON.stringify(events)}`)
      return
    }
    const { mark, order } = readingOf(first)
    if (this.commits.has(mark)) this.findings.push(`${mark}, twice`)
    this.commits.set(mark, { cartId, version: first.version, ...(order === undefined ? {} : { order }) })
  }

  /** The versions of a cart go from 1 up without a gap, in one life: no cart of these tests expires. */
  #follow(cartId: CartId, events: readonly CartEvent[]): void {
    const consumer = new Consumer()
    const inOrder = events.toSorted((a, b) => a.version - b.version)
    for (const [before, event] of inOrder.entries()) {
      if (event.version !== before + 1 || event.incarnation !== inOrder[0]?.incarnation) {
        this.findings.push(`${cartId} has ${event.id} (${event.type}) as change number ${before + 1}`)
      }
      consumer.hear(event)
      this.#lines.set(`${cartId} ${event.version}`, consumer.belief(cartId)?.lines ?? [])
    }
    this.versions.set(cartId, inOrder.length)
  }
}

function readingOf(event: CartEvent): { readonly mark: string; readonly order?: Commit['order'] } {
  switch (event.type) {
    case 'line-added':
      return { mark: added(event.cartId, event.data.added) }
    case 'line-quantity-set':
      return { mark: setTo(event.cartId, event.data.line.quantity) }
    case 'cart-merged':
      return { mark: merged(event.cartId, event.data.sourceCartId) }
    case 'checkout-started': {
      const { orderId, lines } = event.data
      const shown = lines.map(({ name: _, lineTotal: __, ...line }) => line)
      return { mark: ordered(event.cartId, orderId), order: { orderId, lines: shown } }
    }
    default:
      return { mark: `${event.cartId} had ${event.id} (${event.type}), which nobody asked for` }
  }
}
