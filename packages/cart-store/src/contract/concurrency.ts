import type { CartId } from '@cartwright/cart-domain'
import type { CartStore, Commit } from '../port.ts'
import {
  adding,
  answer,
  call,
  cartOf,
  change,
  decided,
  expectWritten,
  fresh,
  merging,
  pendingOf,
  storedCart,
} from './builders.ts'

/** Many at once: one effect each, none lost, none twice. */
export function describeConcurrency(client: () => CartStore, another: () => CartStore): void {
  describe('at the same time', () => {
    test.each(['an unknown cart', 'a cart'])(
      'of 50 commits from one read of %s exactly one wins',
      async (which) => {
        const cartId = which === 'a cart' ? (await storedCart(client())).id : fresh<CartId>()
        const rowsBefore = (await pendingOf(client(), cartId)).length
        const read = await client().readForChange(cartId, call())
        const commits = Array.from({ length: 50 }, (_, n) =>
          decided(read, adding(n + 1), { answer: answer() }),
        )

        const outcomes = await Promise.all(commits.map((commit) => client().commit(commit, call())))

        const winners = commits.filter((_, n) => outcomes[n]?.kind === 'committed')
        expect(winners).toHaveLength(1)
        expect(outcomes.filter(({ kind }) => kind === 'conflict')).toHaveLength(49)
        for (const winner of winners) await expectWritten(client(), winner)
        expect(await pendingOf(client(), cartId)).toHaveLength(rowsBefore + 1)
        for (const { answer: kept } of commits.filter((commit) => !winners.includes(commit))) {
          expect(await client().readAnswer(cartId, kept?.key ?? '', call())).toBeUndefined()
        }
      },
    )

    test('16 writers of two clients lose no increment and no event', async () => {
      const cartId = fresh<CartId>()
      const increments = 5
      const writers = Array.from({ length: 16 }, (_, n) => (n % 2 === 0 ? client() : another()))

      await Promise.all(writers.map((store) => increment(store, cartId, increments)))

      const wanted = writers.length * increments
      const rows = await pendingOf(client(), cartId)
      expect(await another().read(cartId, call())).toMatchObject({
        version: wanted,
        lines: [{ quantity: wanted }],
      })
      expect(rows.map(({ events }) => events[0]?.version ?? 0).sort((a, b) => a - b)).toEqual(
        Array.from({ length: wanted }, (_, n) => n + 1),
      )
    })

    test('50 requests with one key have one effect', async () => {
      const cartId = fresh<CartId>()
      const key = fresh<string>()
      const read = await client().readForChange(cartId, call())
      const commits = Array.from({ length: 50 }, (_, n) =>
        decided(read, adding(), { answer: answer({ body: `${n}` }, key) }),
      )

      const outcomes = await Promise.all(commits.map((commit) => client().commit(commit, call())))

      const winner = commits.find((_, n) => outcomes[n]?.kind === 'committed')
      const kept = winner?.answer?.kept
      // Who meets the winner still under way is told to look again, and finds its answer then.
      const others = outcomes.filter(({ kind }) => kind !== 'committed')
      expect(others).toHaveLength(49)
      for (const outcome of others) {
        expect([{ kind: 'conflict' }, { kind: 'answered', kept }]).toContainEqual(outcome)
      }
      for (const commit of commits) {
        expect(await client().commit(commit, call())).toStrictEqual({ kind: 'answered', kept })
      }
      expect(await client().read(cartId, call())).toMatchObject({ version: 1 })
      expect(await pendingOf(client(), cartId)).toHaveLength(1)
    })

    test('merges of one cart into ten others move its lines once', async () => {
      const source = await storedCart(client(), { quantity: 3 })
      const read = await client().readForChange(source.id, call())
      const merges: Commit[] = []
      for (let n = 0; n < 10; n += 1) {
        merges.push(merging(await client().readForChange(fresh<CartId>(), call()), read))
      }

      const outcomes = await Promise.all(merges.map((merge) => client().commit(merge, call())))

      expect(outcomes.filter(({ kind }) => kind === 'committed')).toHaveLength(1)
      for (const [n, merge] of merges.entries()) {
        const moved = outcomes[n]?.kind === 'committed'
        expect(await client().read(merge.cartId, call())).toMatchObject({ version: moved ? 1 : 0 })
      }
    })

    test('of two merges of two carts into each other at most one happens', async () => {
      const one = await storedCart(client())
      const two = await storedCart(client())
      const readOne = await client().readForChange(one.id, call())
      const readTwo = await client().readForChange(two.id, call())
      const merges = [merging(readOne, readTwo), merging(readTwo, readOne)]

      const outcomes = await Promise.all(merges.map((merge) => client().commit(merge, call())))

      const winners = merges.filter((_, n) => outcomes[n]?.kind === 'committed')
      expect(winners.length).toBeLessThanOrEqual(1)
      if (winners[0] !== undefined) await expectWritten(client(), winners[0])
      else for (const cart of [one, two]) expect(await client().read(cart.id, call())).toStrictEqual(cart)
    })

    test('an order is placed once although adds race the checkout', async () => {
      const cart = await storedCart(client())
      const read = await client().readForChange(cart.id, call())
      const checkouts = Array.from({ length: 10 }, () => decided(read, { type: 'checkout' }))

      const [outcomes] = await Promise.all([
        Promise.all(checkouts.map((checkout) => client().commit(checkout, call()))),
        increment(another(), cart.id, 5),
      ])

      const placed = checkouts.filter((_, n) => outcomes[n]?.kind === 'committed')
      expect(placed.length).toBeLessThanOrEqual(1)
      for (const { order } of checkouts) {
        const found = order && (await client().readOrder(order.orderId, call()))
        expect(found).toStrictEqual(placed.some((commit) => commit.order === order) ? order : undefined)
      }
      // Every read of a checkout is of version 1: it won before all adds, or not at all.
      expect(await client().read(cart.id, call())).toMatchObject({
        version: 6 + placed.length,
        lines: [{ quantity: 6 - placed.length }],
      })
    })

    test('who reads while others write never sees half of a merge', async () => {
      const target = await storedCart(client(), { quantity: 2 })
      const source = await storedCart(client(), { quantity: 3 })
      const merge = merging(
        await client().readForChange(target.id, call()),
        await client().readForChange(source.id, call()),
      )

      const merged = client().commit(merge, call())
      const seen = []
      for (let n = 0; n < 10; n += 1) seen.push(await another().read(target.id, call()))

      expect(await merged).toEqual({ kind: 'committed' })
      for (const cart of seen) expect([target, cartOf(merge)]).toContainEqual(cart)
    })
  })
}

/** Adds one piece again and again, deciding anew whenever somebody else was first. */
async function increment(store: CartStore, cartId: CartId, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const { outcome } = await change(store, cartId, adding())
    if (outcome.kind === 'committed') done += 1
    else expect(outcome).toEqual({ kind: 'conflict' })
  }
}
