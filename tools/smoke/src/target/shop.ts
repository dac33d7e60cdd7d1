import { Mismatch, NotChecked } from '../check.ts'
import { Cart, type ShownOrder } from './cart.ts'
import { type Offer, type Offers, offersOf } from './offers.ts'
import type { Answer, Asking, Target } from './target.ts'
import { wantStatus, wantThat } from './wanting.ts'

/** The one order of a run: orders stay for ever. */
export interface PlacedOrder {
  readonly cart: Cart
  readonly order: ShownOrder
  readonly key: string
}

/** What the checks of one run share: the API, what it sells, and the carts that were made. */
export class Shop {
  readonly #target: Target
  readonly #carts: Cart[] = []
  #offers: Offers | undefined
  #placed: PlacedOrder | undefined

  constructor(target: Target) {
    this.#target = target
  }

  ask(asking: Asking): Promise<Answer> {
    return this.#target.ask(asking)
  }

  /** Looks what there is to add to carts. */
  async readCatalog(): Promise<void> {
    const answer = await this.#target.ask({ path: '/products' })
    wantStatus(answer, 200)
    const { products } = answer.body
    try {
      // What does not have the shape of products ends in the catch.
      this.#offers = offersOf(products as Parameters<typeof offersOf>[0])
    } catch (error) {
      throw new Mismatch({ request: answer.request, seen: answer.summary, wanted: 'products' }, error)
    }
    wantThat(answer, this.#offers !== undefined, answer.summary, 'a product at least')
  }

  /** @throws {NotChecked} where there is nothing to add to a cart */
  get first(): Offer {
    return this.#sold.first
  }

  /** @throws {NotChecked} where the catalog has one product alone */
  get second(): Offer {
    const { second } = this.#sold
    if (second === undefined) throw new NotChecked('the catalog has one product alone, in one variant')
    return second
  }

  get #sold(): Offers {
    if (this.#offers === undefined) throw new NotChecked('the catalog has told no product')
    return this.#offers
  }

  /** A new cart, whose id the API has minted. */
  async newCart(): Promise<Cart> {
    const { cart } = await this.mint()
    return cart
  }

  async mint(): Promise<{ readonly cart: Cart; readonly answer: Answer }> {
    const answer = await this.#target.ask({ method: 'POST', path: '/cart' })
    wantStatus(answer, 201)
    const { id } = answer.body
    if (typeof id !== 'string') {
      throw new Mismatch({ request: answer.request, seen: answer.summary, wanted: 'the id of a new cart' })
    }
    const cart = new Cart(id, this.#target)
    this.#carts.push(cart)
    return { cart, answer }
  }

  placed(order: PlacedOrder): void {
    this.#placed = order
  }

  /** @throws {NotChecked} where no order was made */
  get order(): PlacedOrder {
    if (this.#placed === undefined) throw new NotChecked('no order was made')
    return this.#placed
  }

  /** Leaves no lines behind. What fails here has failed in a check before. */
  async clearCarts(): Promise<void> {
    for (const cart of this.#carts) {
      if (!cart.mayHoldLines) continue
      // The first connection may have been closed meanwhile.
      await cart.clear({ isFresh: true }).catch(() => undefined)
    }
  }
}
