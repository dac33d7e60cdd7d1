import type { Cart, CartId, Line, Order } from '@cartwright/cart-domain'
import type { CartStore, Commit } from '../port.ts'
import {
  adding,
  answer,
  call,
  cartOf,
  decided,
  expectWritten,
  fresh,
  id,
  NOW,
  storedCart,
} from './builders.ts'

/** Texts that have broken stores: each comes back as it went in, wherever a client may put text. */
const TEXTS = {
  'an emoji family': '👩‍👩‍👧‍👦',
  '64 units of emoji': '😀'.repeat(32),
  'a composed accent': 'caf\u00e9',
  'a decomposed accent': 'cafe\u0301',
  'right to left': '\u202eשלום',
  'a null character': 'a\0b',
  'control characters': '\u0001\u001f\u007f\r\n\t',
  'line separators': '\u2028\u2029\ufeff',
  quotes: `"'\`\\"\\\\'`,
  'an SQL injection': "'; DROP TABLE carts; --",
  'a Lua injection': ']] .. redis.call("FLUSHALL") .. [[',
  'JSON in a text': '{"a":[null]}\\u0000',
  separators: 'a/b:c#d|e,f;g',
  patterns: '*?[a-z]%_{x}',
  'the prototype': '__proto__',
  'a method of every object': 'toString',
  'the word null': 'null',
  'a number': '0012.50e3',
  blanks: '  ',
}

/** Whatever a client may put into a cart, an order or an answer comes back as it went in. */
export function describeContent(client: () => CartStore): void {
  describe('content', () => {
    test.each(Object.entries(TEXTS))('with %s comes back as it went in', async (_, text) => {
      const commit = await commitOf([lineOf(text, 0)], text)

      expect(await client().commit(commit, call())).toEqual({ kind: 'committed' })
      await expectWritten(client(), commit)
    })

    test('of 200 lines with the longest names, and a long answer, comes back as it went in', async () => {
      const names = Array.from({ length: 200 }, (_, n) => `${n}`.padStart(4, '0') + '😀'.repeat(30))
      const commit = await commitOf(names.map(lineOf), 'é'.repeat(50_000))

      expect(await client().commit(commit, call())).toEqual({ kind: 'committed' })
      await expectWritten(client(), commit)
    })

    test('keeps the order of the lines', async () => {
      const commit = await commitOf(['10', '9', 'b', '1', 'a'].map(lineOf), 'text')

      await client().commit(commit, call())

      expect(await client().read(commit.cartId, call())).toMatchObject({
        lines: ['10', '9', 'b', '1', 'a'].map((productId) => ({ productId })),
      })
    })

    test('keeps every digit of the largest amounts and times', async () => {
      const priceless: Line = {
        ...lineOf('gold', 0),
        quantity: 1,
        unitPrice: Number.MAX_SAFE_INTEGER,
        addedAt: 0,
        changedAt: 8.64e15,
      }
      const commit = await commitOf([priceless, { ...lineOf('dust', 1), unitPrice: 0 }], 'text')

      await client().commit(commit, call())

      await expectWritten(client(), commit)
    })

    test('keeps what is empty: no lines, no headers, no body', async () => {
      const cart = await storedCart(client())
      const read = await client().readForChange(cart.id, call())
      const commit = decided(read, { type: 'clear' }, { answer: answer({ headers: {}, body: '' }) })

      await client().commit(commit, call())

      await expectWritten(client(), commit)
    })

    test('keeps the headers of an answer as they were sent', async () => {
      const headers = {
        ETag: '"W/\\"quoted\\""',
        Location: '/cart?x=%2F&y=a:b#c',
        'Content-Type': 'application/json; charset=utf-8',
        'X-Latin': 'caf\u00e9',
        toString: 'a name that every object has',
        'x-empty': '',
      }
      const commit: Commit = { cartId: fresh(), carts: [], answer: answer({ headers, status: 201 }) }

      await client().commit(commit, call())

      await expectWritten(client(), commit)
    })

    test('of one kind is never taken for another of the same name', async () => {
      const name = fresh<CartId>()
      const nobody = await client().readForChange(name, call())
      const named = decided(nobody, adding(), { answer: answer({}, name) })
      const commit: Commit = { ...named, outbox: outboxNamed(named, name), order: orderOf(name, name, []) }

      await client().commit(commit, call())

      await expectWritten(client(), commit)
      await client().outbox.remove([outboxNamed(named, name)], call())
      await expectWritten(client(), { cartId: name, carts: named.carts, order: orderOf(name, name, []) })
    })
  })

  /** A cart, an order, events and an answer that all carry the text. */
  async function commitOf(lines: readonly Line[], text: string): Promise<Commit> {
    const nobody = await client().readForChange(fresh<CartId>(), call())
    const base = decided(nobody, adding(), { caller: id(text), answer: answer() })
    const cart: Cart = { ...cartOf(base), lines, checkedOut: { orderId: fresh(), total: total(lines) } }
    const events = base.outbox?.events.map((event) =>
      event.type === 'line-added'
        ? { ...event, data: { ...event.data, line: eventLineOf(lines[0]) } }
        : event,
    )
    return {
      cartId: cart.id,
      carts: [{ cart, revision: nobody.revision }],
      order: orderOf(fresh(), cart.id, lines),
      answer: answer({ fingerprint: text, caller: id(text), body: text }),
      outbox: { id: fresh(), cartId: cart.id, createdAt: NOW, events: events ?? [] },
    }
  }
}

function lineOf(text: string, place: number): Line {
  return {
    productId: id(text),
    variant: id(text),
    quantity: place + 1,
    unitPrice: 100 + place,
    addedAt: NOW,
    changedAt: NOW + place,
  }
}

function eventLineOf(line = lineOf('tea', 0)) {
  const { productId, quantity, unitPrice } = line
  return { productId, quantity, unitPrice: { amount: unitPrice, currency: 'EUR' } }
}

function orderOf(orderId: string, cartId: CartId, lines: readonly Line[]): Order {
  return {
    orderId: id(orderId),
    cartId,
    currency: 'EUR',
    lines: lines.map(({ productId, quantity, unitPrice }) => ({
      productId,
      quantity,
      unitPrice,
      name: productId,
    })),
    createdAt: NOW,
  }
}

function outboxNamed({ cartId, outbox }: Commit, name: string) {
  return { id: name, cartId, createdAt: NOW, events: outbox?.events ?? [] }
}

function total(lines: readonly Line[]) {
  return { amount: lines[0]?.unitPrice ?? 0, currency: 'EUR' }
}
