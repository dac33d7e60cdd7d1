import assert from 'node:assert/strict'
import fc from 'fast-check'
import { catalog, context, eur, frozen, id, key, NOW } from '../test/builders.ts'
import { Consumer } from '../test/consumer.ts'
import { ModelShop, type Verdict } from '../test/model.ts'
import { CARTS, type Step, sequences } from '../test/steps.ts'
import { type Cart, type CartState, isKnown, type LineKey, linesTotal, mayUse, unknownCart } from './cart.ts'
import type { Command, Context, Limits } from './commands.ts'
import { type Changed, type Decision, decide } from './decide.ts'
import type { CartEvent } from './events.ts'
import type { CartId, EpochMs, UserId } from './ids.ts'
import { type Money, money } from './money.ts'

const SEQUENCES = 5000

test(`the domain keeps the design's rules in ${SEQUENCES} sequences of commands over three carts`, () => {
  fc.assert(
    fc.property(sequences(), (sequence) => {
      const shop = new Shop()
      for (const step of sequence) shop.live(step)
    }),
    { numRuns: SEQUENCES },
  )
})

/** The domain, the model and a consumer of the events, living through the same steps. */
class Shop {
  private now: EpochMs = NOW
  private limits: Limits = { maxLines: 4, maxLineQuantity: 9 }
  private readonly prices = new Map<LineKey, Money | 'gone'>([
    [key('gold'), eur(2 ** 51)],
    [key('__proto__', 'toString'), eur(7)],
  ])
  private decisions = 0
  private readonly records = new Map<CartId, Cart>()
  private readonly model = new ModelShop()
  private readonly consumer = new Consumer()
  private readonly eventIds = new Set<string>()

  live(step: Step): void {
    switch (step.does) {
      case 'wait':
        this.now += step.milliseconds
        break
      case 'price':
        this.prices.set(step.line, step.price)
        break
      case 'limit':
        this.limits = step.limits
        break
      default:
        this.ask(step)
    }
    for (const cart of CARTS) this.assessCart(cart)
  }

  private ask(step: Extract<Step, { cart: CartId }>): void {
    const touched = step.does === 'merge' ? [step.cart, step.source] : [step.cart]
    const allowed = touched.map((cart) => mayUse(this.read(cart), step.by))
    assert.deepEqual(
      allowed,
      touched.map((cart) => this.model.mayUse(cart, step.by, this.now)),
    )
    if (!allowed.every(Boolean)) return

    const given = this.context(step.by)
    const command = frozen(this.commandOf(step, given))
    const decision = decide(this.read(step.cart), command, given)
    const verdict = this.model.perform(step.cart, command, given)
    assessDecision(decision, verdict)
    if (decision.kind === 'changed') this.commit(decision)
  }

  private commandOf(step: Extract<Step, { cart: CartId }>, given: Context): Command {
    if (step.does === 'command') return step.command
    if (step.does === 'merge') {
      return { type: 'merge', source: this.read(step.source), strategy: step.strategy }
    }
    const total = this.model.expectedTotal(step.cart, given)
    if (step.expects === 'nothing' || total === undefined) return { type: 'checkout' }
    const surplus = step.expects === 'the total' ? 0 : 1
    return { type: 'checkout', expectedTotal: money(total.amount + surplus, total.currency) }
  }

  private context(caller: UserId | undefined): Context {
    this.decisions += 1
    return context({
      now: this.now,
      limits: frozen(this.limits),
      incarnation: id(`life-${this.decisions}`),
      orderId: id(`order-${this.decisions}`),
      offer: catalog(this.prices),
      ...(caller === undefined ? {} : { caller }),
    })
  }

  private read(cart: CartId): CartState {
    const record = this.records.get(cart)
    return record !== undefined && this.now < record.expiresAt ? record : unknownCart(cart)
  }

  private commit({ cart, source, events }: Changed): void {
    const carts = source === undefined ? [cart] : [cart, source]
    const before = this.read(cart.id)
    const isClaim = cart.owner !== undefined && (!isKnown(before) || before.owner === undefined)
    assert.equal(events.filter(({ type }) => type === 'cart-claimed').length, isClaim ? 1 : 0)
    const placed = carts.flatMap((changed) => events.filter(({ cartId }) => cartId === changed.id))
    assert.deepEqual(events, placed, 'events of the target first, then of the source, then of nothing else')

    for (const changed of carts) {
      const own = events.filter(({ cartId }) => cartId === changed.id)
      assert.ok(own.length > 0)
      for (const [index, event] of own.entries()) this.hear(event, index, changed)
      this.records.set(changed.id, frozen(changed))
    }
  }

  private hear(event: CartEvent, index: number, { incarnation, version }: Cart): void {
    assert.deepEqual(
      [event.id, event.incarnation, event.version, event.index, event.occurredAt],
      [`${incarnation}.${version}.${index}`, incarnation, version, index, new Date(this.now).toISOString()],
    )
    assert.ok(!this.eventIds.has(event.id), `event id ${event.id} was given twice`)
    this.eventIds.add(event.id)
    this.consumer.hear(event)
  }

  /** The cart is what the model wants and what the events told; its total is exact. */
  private assessCart(id: CartId): void {
    const cart = this.read(id)
    assert.deepEqual(cart, this.model.cart(id, this.now))
    if (!isKnown(cart)) return
    assert.ok(Number.isSafeInteger(linesTotal(cart.lines)))
    assert.deepEqual(this.consumer.belief(id), {
      version: cart.version,
      owner: cart.owner,
      lines: cart.lines.map(({ addedAt, changedAt, unitPrice, ...line }) => ({
        ...line,
        unitPrice: money(unitPrice, cart.currency),
      })),
    })
  }
}

function assessDecision(decision: Decision, verdict: Verdict): void {
  if (verdict.kind === 'refused' && decision.kind === 'refused') {
    const { error, index } = decision
    assert.equal(index, verdict.index)
    assert.ok(
      verdict.errors.some((wanted) => isSame(wanted, error)),
      `refused with ${JSON.stringify(error)}, wanted one of ${JSON.stringify(verdict.errors)}`,
    )
    return
  }
  if (decision.kind !== 'changed') {
    assert.deepEqual(decision, verdict)
    return
  }
  const { kind, merge, order } = decision
  assert.deepEqual({ merge: undefined, order: undefined, ...verdict }, { kind, merge, order })
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b)
    return true
  } catch {
    return false
  }
}
