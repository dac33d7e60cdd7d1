import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { passTime } from '../clock.ts'
import type { Answer, KeepAliveClient } from '../process/keep-alive.ts'
import type { Shelf } from '../shelf.ts'
import { ModelCatalog } from './model-catalog.ts'
import type { Money } from './model-lines.ts'
import { type Asked, type Change, type ModelOrder, ModelShop, type Wanted } from './model-shop.ts'
import { shownCart, shownOrder, withoutWords } from './rendering.ts'
import { type Wire, wireOf } from './requests.ts'
import { CARTS, type CartName, type Condition, type Expectation, type Step, type Wish } from './steps.ts'
import { TagBook } from './tag-book.ts'

type ReadStep = Extract<Step, { does: 'read' }>
type ReadOrderStep = Extract<Step, { does: 'read order' }>
type ChangeStep = Extract<Step, { does: 'change' }>
type RepeatStep = Extract<Step, { does: 'repeat' }>

/** A change as it went out. */
interface Sent {
  readonly name: CartName
  readonly change: Change
  readonly wire: Wire
  readonly ifMatch: string | undefined
}

/** The API that the trip goes to. */
export interface Destination {
  readonly url: string
  readonly client: KeepAliveClient
  /** Its catalog. */
  readonly shelf: Shelf
  /** Hears what kinds of answers there were, so that a test can tell whether all of them were met. */
  readonly met: (kind: string) => void
}

/** The same steps taken with the API and with the model; each answer is what the model wants. `Date` has to be stopped. */
export class ShoppingTrip {
  readonly catalog = new ModelCatalog()
  readonly shop = new ModelShop(this.catalog)
  /** Fresh ones, so that trips to the same API do not meet. */
  readonly cartIds: Readonly<Record<CartName, string>> = {
    one: randomUUID(),
    two: randomUUID(),
    three: randomUUID(),
  }
  readonly #to: Destination
  readonly #tags = new TagBook()
  readonly #keyed: Sent[] = []

  constructor(to: Destination) {
    this.#to = to
    to.shelf.arrange(this.catalog.products())
  }

  /** @throws {AssertionError} when an answer is not what the model wants. */
  async take(step: Step): Promise<void> {
    // Two changes at one moment would leave open which of them was the last.
    passTime(1)
    switch (step.does) {
      case 'wait':
        return passTime(step.milliseconds)
      case 'reprice':
        this.catalog.change(step.productId, step.to)
        return this.#to.shelf.arrange(this.catalog.products())
      case 'read':
        return this.#read(step)
      case 'read order':
        return this.#readOrder(step)
      case 'change':
        return this.#change(step)
      case 'repeat':
        return this.#repeat(step)
    }
  }

  /** Reads every cart once more. */
  async end(): Promise<void> {
    for (const name of CARTS) await this.#look(name)
  }

  async #change({ cart: name, by, wish, key, condition }: ChangeStep): Promise<void> {
    const cart = this.cartIds[name]
    const asked = this.#asked(wish, cart)
    const wire = wireOf(asked, wish.type === 'merge' && wish.strategy !== undefined)
    const change: Change = { cart, by, asked, key, fingerprint: JSON.stringify(wire) }
    const sent = { name, change, wire, ifMatch: condition && this.#tagFor(condition, name) }
    if (key !== undefined) this.#keyed.push(sent)
    await this.#send(sent)
  }

  async #repeat({ nth, by }: RepeatStep): Promise<void> {
    const earlier = this.#keyed.at(-1 - (nth % Math.max(1, this.#keyed.length)))
    if (earlier === undefined) return
    const change = by === 'the same' ? earlier.change : { ...earlier.change, by }
    await this.#send({ ...earlier, change })
  }

  async #send({ name, change, wire, ifMatch }: Sent): Promise<void> {
    const wanted = this.shop.change(change, this.#matches(ifMatch, change.cart))
    const answer = await this.#ask(wire, change.cart, change.by, {
      ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
      ...(change.key === undefined ? {} : { 'Idempotency-Key': change.key }),
    })
    this.#assess(answer, wanted, change)
    // Other answers show the cart already.
    if (wanted.kind !== 'cart') await this.#look(name)
    if (change.asked.type === 'merge') await this.#look(this.#nameOf(change.asked.source))
  }

  #assess(answer: Answer, wanted: Wanted, change: Change): void {
    switch (wanted.kind) {
      case 'cart':
        this.#assessCart(answer, change.cart, wanted)
        assert.equal(answer.headers['content-location'], '/cart')
        this.shop.keep(change, toBeReplayed(answer))
        break
      case 'order':
        this.#assessOrder(answer, wanted)
        this.shop.keep(change, toBeReplayed(answer))
        break
      case 'replay':
        assert.equal(toBeReplayed(answer), wanted.answer)
        this.#to.met('a replay')
        break
      case 'refused':
        this.#assessRefusal(answer, wanted)
        break
    }
    const replayed = wanted.kind === 'replay' ? 'true' : undefined
    assert.equal(answer.headers['idempotent-replayed'], replayed)
  }

  #assessCart(answer: Answer, cart: string, { merge }: Extract<Wanted, { kind: 'cart' }>): void {
    assert.equal(answer.status, 200, answer.text)
    assert.deepEqual(bodyOf(answer), shownCart(cart, this.shop.cart(cart), this.catalog, merge))
    this.#tags.see(cart, oneTag(answer), this.#stateOf(cart))
    this.#to.met('a cart')
    if (merge?.capped.length) this.#to.met('a capped line')
    if (merge?.leftOut.length) this.#to.met('a line left out')
  }

  #assessOrder(answer: Answer, { status, order }: Extract<Wanted, { kind: 'order' }>): void {
    assert.equal(answer.status, status, answer.text)
    const { orderId } = bodyOf(answer)
    // The only thing about an order that the model cannot know.
    if (status === 201) order.orderId = String(orderId)
    assert.deepEqual(bodyOf(answer), shownOrder(order))
    assert.equal(answer.headers['location'], status === 201 ? `/checkout/${orderId}` : undefined)
    this.#tags.see(order.orderId, oneTag(answer), JSON.stringify(shownOrder(order)))
    this.#to.met(status === 201 ? 'an order' : 'an order again')
  }

  #assessRefusal(answer: Answer, { anyOf }: Extract<Wanted, { kind: 'refused' }>): void {
    const body = bodyOf(answer)
    const found = anyOf.find((one) => one.code === body['code'])
    assert.ok(found, `${answer.status} ${answer.text}, wanted one of ${JSON.stringify(anyOf)}`)
    const { errors, ...members } = found
    for (const [member, value] of Object.entries(members)) assert.deepEqual(body[member], value, member)
    assert.equal(answer.status, found.status)
    assert.deepEqual(pointersIn(body['errors']), pointersIn(errors))
    this.#to.met(found.code)
  }

  async #read({ cart: name, by, unlessLast }: ReadStep): Promise<void> {
    const cart = this.cartIds[name]
    const tag = unlessLast ? this.#tags.tagsOf(cart).at(-1) : undefined
    const fresh = tag !== undefined && this.#tags.stateOf(tag) === this.#stateOf(cart)
    const answer = await this.#ask(
      { method: 'GET', path: '/cart' },
      cart,
      by,
      tag === undefined ? {} : { 'If-None-Match': tag },
    )
    if (!this.shop.mayUse(cart, by)) {
      this.#assessRefusal(answer, { kind: 'refused', anyOf: [{ status: 404, code: 'cart-not-found' }] })
    } else if (fresh) {
      assert.deepEqual([answer.status, answer.text, answer.headers['etag']], [304, '', tag])
      this.#to.met('304')
    } else {
      this.#assessCart(answer, cart, { kind: 'cart', merge: undefined })
    }
  }

  async #readOrder({ cart: name, by, nth }: ReadOrderStep): Promise<void> {
    const { orders } = this.shop
    const order: ModelOrder | undefined = orders[nth % Math.max(1, orders.length)]
    const cart = this.cartIds[name]
    const path = `/checkout/${order?.orderId ?? randomUUID()}`
    const answer = await this.#ask({ method: 'GET', path }, cart, by)
    if (order !== undefined && this.shop.mayRead(order, cart, by)) {
      assert.equal(answer.status, 200)
      assert.deepEqual(bodyOf(answer), shownOrder(order))
      this.#tags.see(order.orderId, oneTag(answer), JSON.stringify(shownOrder(order)))
      this.#to.met('an order that is read')
    } else {
      this.#assessRefusal(answer, { kind: 'refused', anyOf: [{ status: 404, code: 'not-found' }] })
    }
  }

  /** Reads the cart as somebody who may. */
  async #look(name: CartName): Promise<void> {
    const owner = this.shop.cart(this.cartIds[name])?.owner
    // Only the users of the steps own carts.
    await this.#read({ does: 'read', cart: name, by: owner as ReadStep['by'], unlessLast: false })
  }

  #asked(wish: Wish, cart: string): Asked {
    switch (wish.type) {
      case 'one':
        return { type: 'lines', actions: [wish.action], isList: false }
      case 'list':
        return { type: 'lines', actions: wish.actions, isList: true }
      case 'merge':
        return { type: 'merge', source: this.cartIds[wish.source], strategy: wish.strategy ?? 'sum' }
      case 'checkout':
        return { type: 'checkout', expectedTotal: this.#expectedTotal(wish.expects, cart) }
    }
  }

  #expectedTotal(expects: Expectation, cart: string): Money | undefined {
    const total = expects === 'nothing' ? undefined : this.shop.totalOf(cart)
    return total && expects === 'one cent more' ? { ...total, amount: total.amount + 1 } : total
  }

  /** The `If-Match` header; none where the client has seen no tag yet. */
  #tagFor(condition: Condition, name: CartName): string | undefined {
    const seen = this.#tags.tagsOf(this.cartIds[name])
    switch (condition) {
      case 'last':
        return seen.at(-1)
      case 'older':
        return seen.at(-2)
      case 'weak':
        return seen.length === 0 ? undefined : `W/${seen.at(-1)}`
      case 'of another cart':
        return this.#tags.tagsOf(this.cartIds[name === 'one' ? 'two' : 'one']).at(-1)
      case '*':
        return '*'
    }
  }

  #matches(ifMatch: string | undefined, cart: string): boolean {
    if (ifMatch === undefined) return true
    if (ifMatch === '*') return this.shop.cart(cart) !== undefined
    return this.#tags.stateOf(ifMatch) === this.#stateOf(cart)
  }

  /** All that an entity tag stands for: the cart's life, and everything that is shown of it. */
  #stateOf(cart: string): string {
    const record = this.shop.cart(cart)
    return JSON.stringify([record?.life, shownCart(cart, record, this.catalog)])
  }

  #nameOf(cartId: string): CartName {
    return CARTS.find((name) => this.cartIds[name] === cartId) ?? 'one'
  }

  #ask(
    wire: Wire,
    cart: string,
    by: string | undefined,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const who = by === undefined ? {} : { 'X-User-ID': by }
    return this.#to.client.ask(this.#to.url, { ...wire, headers: { 'X-Cart-ID': cart, ...who, ...headers } })
  }
}

function bodyOf({ text }: Answer): Record<string, unknown> {
  // Every answer but 304 is a JSON object.
  return withoutWords(JSON.parse(text)) as Record<string, unknown>
}

function toBeReplayed({ status, text, headers }: Answer): string {
  return JSON.stringify([status, text, headers['etag'], headers['location'], headers['content-location']])
}

function pointersIn(errors: unknown): unknown {
  return Array.isArray(errors) ? errors.map(({ pointer }) => pointer) : undefined
}

/** Node joins repeated headers of an answer into a list; a tag comes once. */
function oneTag({ headers }: Answer): string | undefined {
  const { etag } = headers
  return typeof etag === 'string' ? etag : undefined
}
