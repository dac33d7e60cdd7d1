import { type CartId, unknownCart } from '@cartwright/cart-domain'
import type { CartStore, Commit } from '../port.ts'
import {
  adding,
  answer,
  call,
  cartOf,
  change,
  decided,
  expectNothingWritten,
  expectWritten,
  fresh,
  merging,
  NOW,
  storedCart,
  YEAR,
} from './builders.ts'

/** Cart, order, answer and outbox row: all of a commit or nothing of it, whatever the reason. */
export function describeAtomicity(client: () => CartStore): void {
  describe('a commit', () => {
    test('writes cart, order, answer and outbox row together', async () => {
      const checkout = await checkoutOf(await storedCart(client()))

      expect(await client().commit(checkout, call())).toEqual({ kind: 'committed' })
      await expectWritten(client(), checkout)
    })

    test('that meets a conflict writes none of them', async () => {
      const cart = await storedCart(client())
      const checkout = await checkoutOf(cart)
      const winner = await change(client(), cart.id, adding())

      expect(await client().commit(checkout, call())).toEqual({ kind: 'conflict' })
      await expectNothingWritten(client(), checkout, [cartOf(winner.commit)])
    })

    test('that meets an answer under its key writes none of them, and gives that answer', async () => {
      const cart = await storedCart(client())
      const kept = answer({ body: 'the first' })
      await client().commit({ cartId: cart.id, carts: [], answer: kept }, call())
      const checkout = { ...(await checkoutOf(cart)), answer: answer({ body: 'the second' }, kept.key) }

      expect(await client().commit(checkout, call())).toStrictEqual({ kind: 'answered', kept: kept.kept })
      await expectNothingWritten(client(), checkout, [cart])
    })

    test('of any size is written whole, or refused as too large and not written at all', async () => {
      const cart = await storedCart(client())
      const checkout = {
        ...(await checkoutOf(cart)),
        answer: answer({ body: 'long '.repeat(200_000) }),
      }

      const outcome = await client().commit(checkout, call())

      if (outcome.kind === 'committed') await expectWritten(client(), checkout)
      else {
        expect(outcome).toEqual({ kind: 'too-large' })
        await expectNothingWritten(client(), checkout, [cart])
      }
    })

    async function checkoutOf({ id }: { readonly id: CartId }): Promise<Commit> {
      const read = await client().readForChange(id, call())
      const checkout = decided(read, { type: 'checkout' }, { answer: answer() })
      expect(checkout.order).toBeDefined()
      return checkout
    }
  })

  describe('a merge', () => {
    test('writes both carts, answer and outbox row together', async () => {
      const { merge } = await mergeOfTwo()

      expect(await client().commit(merge, call())).toEqual({ kind: 'committed' })
      await expectWritten(client(), merge)
    })

    test('into a cart that is not there yet creates it and empties the source', async () => {
      const source = await storedCart(client(), { quantity: 3 })
      const nobody = await client().readForChange(fresh<CartId>(), call())
      const merge = merging(nobody, await client().readForChange(source.id, call()))

      expect(await client().commit(merge, call())).toEqual({ kind: 'committed' })
      await expectWritten(client(), merge)
      expect(await client().read(source.id, call())).toMatchObject({ version: 2, lines: [] })
    })

    test.each(['target', 'source'] as const)(
      'whose %s was changed meanwhile writes nothing',
      async (changed) => {
        const { target, source, merge } = await mergeOfTwo()
        const { commit } = await change(client(), (changed === 'target' ? target : source).id, adding())
        const after = changed === 'target' ? [cartOf(commit), source] : [target, cartOf(commit)]

        expect(await client().commit(merge, call())).toEqual({ kind: 'conflict' })
        await expectNothingWritten(client(), merge, after)
      },
    )

    test('into a cart that somebody created meanwhile writes nothing', async () => {
      const source = await storedCart(client())
      const nobody = await client().readForChange(fresh<CartId>(), call())
      const merge = merging(nobody, await client().readForChange(source.id, call()))
      const { commit } = await change(client(), nobody.cart.id, adding())

      expect(await client().commit(merge, call())).toEqual({ kind: 'conflict' })
      await expectNothingWritten(client(), merge, [cartOf(commit), source])
    })

    test('that meets an answer under its key writes nothing', async () => {
      const { target, source, merge } = await mergeOfTwo()
      const kept = answer({ body: 'the first' }, merge.answer?.key)
      await client().commit({ cartId: target.id, carts: [], answer: kept }, call())

      expect(await client().commit(merge, call())).toStrictEqual({ kind: 'answered', kept: kept.kept })
      await expectNothingWritten(client(), merge, [target, source])
    })

    async function mergeOfTwo() {
      const target = await storedCart(client(), { quantity: 1 })
      const source = await storedCart(client(), { quantity: 2 })
      const merge = merging(
        await client().readForChange(target.id, call()),
        await client().readForChange(source.id, call()),
        { answer: answer() },
      )
      return { target, source, merge }
    }
  })

  describe('an order', () => {
    test('that nobody placed is not there', async () => {
      expect(await client().readOrder(fresh(), call())).toBeUndefined()
    })

    test('does not expire with its cart', async () => {
      const cart = await storedCart(client())
      const { commit } = await change(client(), cart.id, { type: 'checkout' })
      const { orderId } = commit.order ?? { orderId: fresh() }
      const later = NOW + 10 * YEAR

      expect(await client().read(cart.id, call(later))).toStrictEqual(unknownCart(cart.id))
      expect(await client().readOrder(orderId, call(later))).toStrictEqual(commit.order)
    })
  })
}
