import type { CartId } from '@cartwright/cart-domain'
import type { CartStore, Commit } from '../port.ts'
import {
  adding,
  answer,
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
  pendingOf,
  storedCart,
} from './builders.ts'

/** Keys that a store might take for one another, or for something else than text. */
const KEYS = [
  ...['a', 'A', 'aa', 'a/b', 'a:b', 'a#b', 'a.b', 'a b', '{a}', '*', '"a"', "'a'", '%61', '\\u0061'],
  ...['\u00e9', 'e\u0301', '__proto__', 'k'.repeat(254), 'k'.repeat(255)],
]

/** Answers kept under an idempotency key, so that a retry is told of its own success. */
export function describeAnswers(client: () => CartStore): void {
  describe('a kept answer', () => {
    test('is not there under a key that nobody used', async () => {
      const cart = await storedCart(client())

      expect(await client().readAnswer(cart.id, fresh(), call())).toBeUndefined()
      expect(await client().readAnswer(fresh<CartId>(), fresh(), call())).toBeUndefined()
    })

    test('comes with the change that it answers', async () => {
      const { commit, outcome } = await change(client(), fresh(), adding(), {
        answer: answer({ caller: id('ann') }),
      })

      expect(outcome).toEqual({ kind: 'committed' })
      await expectWritten(client(), commit)
    })

    test('is kept alone where nothing changed, and writes no cart and no event', async () => {
      const cartId = fresh<CartId>()
      const commit: Commit = { cartId, carts: [], answer: answer() }

      expect(await client().commit(commit, call())).toEqual({ kind: 'committed' })

      await expectWritten(client(), commit)
      expect(await client().read(cartId, call())).toMatchObject({ version: 0 })
      expect(await pendingOf(client(), cartId)).toEqual([])
    })

    // Without this order a retry of a request whose answer was lost would lose the race against its own success.
    test('is found before the versions are compared', async () => {
      const nobody = await client().readForChange(fresh<CartId>(), call())
      const commit = decided(nobody, adding(), { answer: answer() })
      await client().commit(commit, call())

      const again = await client().commit(commit, call())

      expect(again).toStrictEqual({ kind: 'answered', kept: commit.answer?.kept })
      await expectWritten(client(), commit)
      expect(await pendingOf(client(), commit.cartId)).toHaveLength(1)
    })

    test('is kept per cart', async () => {
      const key = fresh<string>()
      const one: Commit = { cartId: fresh(), carts: [], answer: answer({ body: 'one' }, key) }
      const other: Commit = { cartId: fresh(), carts: [], answer: answer({ body: 'other' }, key) }

      expect(await client().commit(one, call())).toEqual({ kind: 'committed' })
      expect(await client().commit(other, call())).toEqual({ kind: 'committed' })

      await expectWritten(client(), one)
      await expectWritten(client(), other)
      for (const nobody of [fresh<CartId>(), id<CartId>(`0${fresh()}`), id<CartId>(`~${fresh()}`)]) {
        expect(await client().readAnswer(nobody, key, call())).toBeUndefined()
      }
    })

    test('is there until it expires, however long the cart lives', async () => {
      const kept = answer({ expiresAt: NOW + DAY / 2 })
      const { commit } = await change(client(), fresh(), adding(), { answer: kept })

      const last = await client().readAnswer(commit.cartId, kept.key, call(kept.kept.expiresAt - 1))
      const gone = await client().readAnswer(commit.cartId, kept.key, call(kept.kept.expiresAt))

      expect(last).toStrictEqual(kept.kept)
      expect(gone).toBeUndefined()
      expect(await client().read(commit.cartId, call(kept.kept.expiresAt))).toStrictEqual(cartOf(commit))
    })

    test('is there until it expires, also when the cart has expired before', async () => {
      const kept = answer({ expiresAt: NOW + 2 * DAY })
      const { commit } = await change(client(), fresh(), adding(), { answer: kept })
      const now = cartOf(commit).expiresAt

      expect(await client().readAnswer(commit.cartId, kept.key, call(now))).toStrictEqual(kept.kept)
    })

    test('is replaced once it has expired', async () => {
      const old = answer({ body: 'old' })
      const { commit } = await change(client(), fresh(), adding(), { answer: old })
      const now = old.kept.expiresAt
      const renewed = answer({ body: 'new', expiresAt: now + DAY }, old.key)

      const { outcome } = await change(client(), commit.cartId, adding(), { now, answer: renewed })

      expect(outcome).toEqual({ kind: 'committed' })
      expect(await client().readAnswer(commit.cartId, old.key, call(now))).toStrictEqual(renewed.kept)
    })

    test('that has expired does not hide a conflict', async () => {
      const old = answer()
      const { commit } = await change(client(), fresh(), adding(), { answer: old })
      const now = old.kept.expiresAt - 1
      const read = await client().readForChange(commit.cartId, call(now))
      const { commit: winner } = await change(client(), commit.cartId, adding(), { now })
      const late = decided(read, adding(), {
        now,
        answer: answer({ expiresAt: now + DAY }, old.key),
      })

      expect(await client().commit(late, call(now + 1))).toEqual({ kind: 'conflict' })
      await expectNothingWritten(client(), late, [cartOf(winner)])
    })

    test('is kept under exactly its key', async () => {
      const cartId = fresh<CartId>()
      const commits = KEYS.map((key): Commit => ({ cartId, carts: [], answer: answer({ body: key }, key) }))

      for (const commit of commits) {
        expect(await client().commit(commit, call())).toEqual({ kind: 'committed' })
      }

      for (const commit of commits) await expectWritten(client(), commit)
    })

    test.each(['.', '-', '_', '~'])(
      'is not found where cart id and key only read alike, joined by %j',
      async (joint) => {
        const cartId = fresh<CartId>()
        await client().commit({ cartId, carts: [], answer: answer({}, `x${joint}y`) }, call())

        expect(await client().readAnswer(id(`${cartId}${joint}x`), 'y', call())).toBeUndefined()
        expect(await client().readAnswer(id(`${cartId}x`), `${joint}y`, call())).toBeUndefined()
      },
    )
  })
}
