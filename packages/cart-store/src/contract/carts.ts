import { type CartId, unknownCart } from '@cartwright/cart-domain'
import type { CartStore } from '../port.ts'
import {
  adding,
  call,
  cartOf,
  change,
  DAY,
  decided,
  expectNothingWritten,
  expectWritten,
  fresh,
  id,
  NOW,
  storedCart,
} from './builders.ts'

/** How a cart comes to be, changes and expires: one incarnation and one version after the other. */
export function describeCarts(client: () => CartStore): void {
  describe('a cart', () => {
    test('that was never there is unknown', async () => {
      const cartId = fresh<CartId>()

      const read = await client().read(cartId, call())
      const forChange = await client().readForChange(cartId, call())

      expect(read).toStrictEqual(unknownCart(cartId))
      expect(forChange.cart).toStrictEqual(unknownCart(cartId))
    })

    test('is created by the first commit and changed by the next', async () => {
      const created = await change(client(), fresh(), adding(2), { caller: id('ann') })
      await expectWritten(client(), created.commit)

      const changed = await change(client(), created.commit.cartId, adding(3), { now: NOW + 1 })

      expect([created.outcome, changed.outcome]).toEqual([{ kind: 'committed' }, { kind: 'committed' }])
      expect(cartOf(changed.commit)).toMatchObject({ version: 2, owner: 'ann', lines: [{ quantity: 5 }] })
      await expectWritten(client(), changed.commit)
    })

    test('is created by one of two who found it unknown', async () => {
      const nobody = await client().readForChange(fresh<CartId>(), call())
      const first = decided(nobody, adding(1))
      const second = decided(nobody, adding(2))

      expect(await client().commit(first, call())).toEqual({ kind: 'committed' })
      expect(await client().commit(second, call())).toEqual({ kind: 'conflict' })

      await expectNothingWritten(client(), second, [cartOf(first)])
    })

    test('is changed by one of two who read the same version', async () => {
      const cart = await storedCart(client())
      const read = await client().readForChange(cart.id, call())
      const first = decided(read, adding(1))
      const second = decided(read, adding(2))

      expect(await client().commit(first, call())).toEqual({ kind: 'committed' })
      expect(await client().commit(second, call())).toEqual({ kind: 'conflict' })

      await expectNothingWritten(client(), second, [cartOf(first)])
    })

    test('cannot be created by who found it unknown before somebody created and changed it', async () => {
      const cartId = fresh<CartId>()
      const nobody = await client().readForChange(cartId, call())
      await change(client(), cartId, adding())
      const { commit } = await change(client(), cartId, adding())
      const late = decided(nobody, adding())

      expect(await client().commit(late, call())).toEqual({ kind: 'conflict' })
      await expectNothingWritten(client(), late, [cartOf(commit)])
    })
  })

  describe('an expired cart', () => {
    test('is there until the last millisecond and unknown from then on, by every read', async () => {
      const cart = await storedCart(client())

      for (const [now, expected] of [
        [cart.expiresAt - 1, cart],
        [cart.expiresAt, unknownCart(cart.id)],
        [cart.expiresAt + DAY, unknownCart(cart.id)],
      ] as const) {
        expect(await client().read(cart.id, call(now))).toStrictEqual(expected)
        expect((await client().readForChange(cart.id, call(now))).cart).toStrictEqual(expected)
      }
    })

    test('is created anew at version 1 with nothing of its former life', async () => {
      const former = await storedCart(client(), { caller: id('ann'), quantity: 7 })
      const now = former.expiresAt

      const { commit, outcome } = await change(client(), former.id, adding(), { now })

      expect(outcome).toEqual({ kind: 'committed' })
      expect(await client().read(former.id, call(now))).toStrictEqual(cartOf(commit))
      expect(cartOf(commit)).toMatchObject({ version: 1, lines: [{ quantity: 1 }] })
      expect(cartOf(commit)).not.toHaveProperty('owner')
      expect(cartOf(commit).incarnation).not.toBe(former.incarnation)
    })

    test('is created anew by one of two who found it expired', async () => {
      const former = await storedCart(client())
      const now = former.expiresAt
      const expired = await client().readForChange(former.id, call(now))
      const first = decided(expired, adding(1), { now })
      const second = decided(expired, adding(2), { now })

      expect(await client().commit(first, call(now))).toEqual({ kind: 'committed' })
      expect(await client().commit(second, call(now))).toEqual({ kind: 'conflict' })
      expect(await client().read(former.id, call(now))).toStrictEqual(cartOf(first))
    })

    test('cannot be changed by who read the same version of its former life', async () => {
      const former = await storedCart(client())
      const read = await client().readForChange(former.id, call())
      const now = former.expiresAt
      const { commit } = await change(client(), former.id, adding(), { now })
      const late = decided(read, adding(5))

      expect(cartOf(commit).version).toBe(former.version)
      expect(await client().commit(late, call(now))).toEqual({ kind: 'conflict' })
      expect(await client().read(former.id, call(now))).toStrictEqual(cartOf(commit))
    })

    // Two tasks' clocks differ a little: for one of them the cart has just expired, for the other not yet.
    test('cannot be created anew when somebody whose clock is behind has prolonged it', async () => {
      const cart = await storedCart(client())
      const ahead = cart.expiresAt
      const expired = await client().readForChange(cart.id, call(ahead))
      const { commit } = await change(client(), cart.id, adding(), { now: ahead - 1 })
      const anew = decided(expired, adding(), { now: ahead })

      expect(await client().commit(anew, call(ahead))).toEqual({ kind: 'conflict' })
      expect(await client().read(cart.id, call(ahead))).toStrictEqual(cartOf(commit))
    })
  })
}
