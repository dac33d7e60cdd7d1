import type { CartId } from '@cartwright/cart-domain'
import type { CartStore } from '../port.ts'
import {
  adding,
  call,
  change,
  decided,
  fresh,
  merging,
  NOW,
  pendingOf,
  rowOf,
  SECOND,
  storedCart,
  unknownRow,
  YEAR,
} from './builders.ts'

/** The rows of events that wait to be published. They belong to no cart, so each test begins by emptying them. */
export function describeOutbox(client: () => CartStore): void {
  describe('the outbox', () => {
    beforeEach(emptyOutbox)

    test('holds one row for each commit, with its events in order', async () => {
      const target = await storedCart(client())
      const source = await storedCart(client())
      const merge = merging(
        await client().readForChange(target.id, call()),
        await client().readForChange(source.id, call()),
      )
      await client().commit(merge, call())

      const rows = await pendingOf(client(), target.id)

      expect(rows).toHaveLength(2)
      expect(rows).toContainEqual(merge.outbox)
      expect(merge.outbox?.events.map(({ cartId, type }) => ({ cartId, type }))).toEqual([
        { cartId: target.id, type: 'cart-merged' },
        { cartId: source.id, type: 'cart-merged-away' },
      ])
    })

    test('gives the oldest rows first, no more than asked for and none created later', async () => {
      const times = [NOW, NOW - 3 * SECOND, NOW - SECOND, NOW - 2 * SECOND]
      for (const time of times) await change(client(), fresh(), adding(), { now: time })

      const pending = async (createdBefore: number, limit: number) =>
        (await client().outbox.pending({ createdBefore, limit }, call())).map(({ createdAt }) => createdAt)

      expect(await pending(NOW, 10)).toEqual([times[1], times[3], times[2], times[0]])
      expect(await pending(NOW, 2)).toEqual([times[1], times[3]])
      expect(await pending(NOW - SECOND, 10)).toEqual([times[1], times[3], times[2]])
      expect(await pending(NOW - 4 * SECOND, 10)).toEqual([])
    })

    test('gives a row again until it is removed, and then never', async () => {
      const first = await change(client(), fresh(), adding())
      const second = await change(client(), fresh(), adding())
      expect(await waiting()).toHaveLength(2)
      expect(await waiting()).toHaveLength(2)

      await client().outbox.remove([rowOf(first.commit)], call())

      expect(await waiting()).toStrictEqual([second.commit.outbox])
    })

    test('takes no offence at rows that are gone, never were, or are none at all', async () => {
      const { commit } = await change(client(), fresh(), adding())
      await client().outbox.remove([rowOf(commit)], call())

      await client().outbox.remove([rowOf(commit), unknownRow(), unknownRow()], call())
      await client().outbox.remove([], call())

      expect(await waiting()).toEqual([])
    })

    test('removes many rows at once', async () => {
      const commits = await Promise.all(Array.from({ length: 40 }, () => change(client(), fresh(), adding())))

      await client().outbox.remove(
        commits.slice(1).map(({ commit }) => rowOf(commit)),
        call(),
      )

      expect(await waiting()).toStrictEqual([commits[0]?.commit.outbox])
    })

    test('says how many rows wait and since when', async () => {
      expect(await client().outbox.backlog(call())).toEqual({ rows: 0 })
      const older = await change(client(), fresh(), adding(), { now: NOW - SECOND })
      await change(client(), fresh(), adding())

      expect(await client().outbox.backlog(call())).toEqual({ rows: 2, oldest: NOW - SECOND })
      await client().outbox.remove([rowOf(older.commit)], call())

      expect(await client().outbox.backlog(call())).toEqual({ rows: 1, oldest: NOW })
    })

    test('keeps a row although its cart has expired', async () => {
      const { commit } = await change(client(), fresh(), adding())

      const rows = await client().outbox.pending(
        { createdBefore: NOW + 10 * YEAR, limit: 10 },
        call(NOW + 10 * YEAR),
      )

      expect(rows).toStrictEqual([commit.outbox])
    })

    test('gets nothing from a commit that was refused', async () => {
      const nobody = await client().readForChange(fresh<CartId>(), call())
      const winner = decided(nobody, adding())
      const loser = decided(nobody, adding())
      await client().commit(winner, call())
      await client().commit(loser, call())

      expect(await waiting()).toStrictEqual([winner.outbox])
    })
  })

  function waiting() {
    return client().outbox.pending({ createdBefore: NOW + YEAR, limit: 100 }, call())
  }

  async function emptyOutbox(): Promise<void> {
    for (;;) {
      const rows = await client().outbox.pending({ createdBefore: NOW + 100 * YEAR, limit: 500 }, call())
      if (rows.length === 0) return
      await client().outbox.remove(rows, call())
    }
  }
}
