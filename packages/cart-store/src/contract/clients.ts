import type { CartId } from '@cartwright/cart-domain'
import { type Call, type CartStore, type Commit, StoreUnavailable } from '../port.ts'
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
  NOW,
  pendingOf,
  rowOf,
  storedCart,
  unknownRow,
} from './builders.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** Every method of a store, on what nobody else uses, and what it answers when all is well. */
const OPERATIONS: readonly {
  readonly name: string
  readonly run: (store: CartStore, given: Call) => Promise<unknown>
  readonly answer: unknown
}[] = [
  { name: 'read', run: (store, given) => store.read(fresh(), given), answer: { version: 0 } },
  {
    name: 'readForChange',
    run: (store, given) => store.readForChange(fresh(), given),
    answer: { cart: { version: 0 } },
  },
  { name: 'readAnswer', run: (store, given) => store.readAnswer(fresh(), 'key', given), answer: undefined },
  { name: 'readOrder', run: (store, given) => store.readOrder(fresh(), given), answer: undefined },
  {
    name: 'commit',
    run: (store, given) => store.commit({ cartId: fresh(), carts: [], answer: answer() }, given),
    answer: { kind: 'committed' },
  },
  {
    name: 'outbox.pending',
    run: (store, given) => store.outbox.pending({ createdBefore: 0, limit: 1 }, given),
    answer: [],
  },
  {
    name: 'outbox.remove',
    run: (store, given) => store.outbox.remove([unknownRow()], given),
    answer: undefined,
  },
  {
    name: 'outbox.backlog',
    run: (store, given) => store.outbox.backlog(given),
    answer: { rows: expect.any(Number) },
  },
  { name: 'check', run: (store, given) => store.check(given), answer: undefined },
]

/** How a client answers: with its name, in time, and to the observer. */
export function describeCalls(client: () => CartStore): void {
  describe('a client', () => {
    test('says which store it is and that it can serve', async () => {
      expect(client().name).toMatch(/^[a-z]+$/)
      await client().check(call())
    })

    test.each(OPERATIONS)('answers $name', async ({ run, answer }) => {
      expectAnswer(await run(client(), call()), answer)
    })

    // A store may be quick enough to answer all the same, but it never leaves in doubt what it did.
    test.each(OPERATIONS)(
      'past its deadline answers $name, or fails with no effect',
      async ({ run, answer }) => {
        const settled = await outcomeOf(run(client(), late()))

        if (settled.ok) expectAnswer(settled.value, answer)
        else expect(settled.error).toMatchObject({ name: 'StoreUnavailable', outcome: 'none' })
      },
    )

    test('past its deadline has committed all or nothing', async () => {
      const cart = await storedCart(client())
      const commit = decided(await client().readForChange(cart.id, call()), adding(), { answer: answer() })

      const settled = await outcomeOf(client().commit(commit, late()))

      if (settled.ok) {
        expect(settled.value).toEqual({ kind: 'committed' })
        await expectWritten(client(), commit)
      } else {
        expect(settled.error).toBeInstanceOf(StoreUnavailable)
        await expectNothingWritten(client(), commit, [cart])
      }
    })

    test('tells the observer how the cart was found and what each trip took', async () => {
      const told = observed()
      const cart = await storedCart(client())

      await client().read(cart.id, told.call)

      expect(told.found).toHaveLength(1)
      expect(['hit', 'miss', 'fenced', 'bypass']).toContain(told.found[0])
      expect(told.trips.length).toBeGreaterThan(0)

      for (const step of [
        () => client().readForChange(cart.id, told.call),
        () => client().commit({ cartId: cart.id, carts: [], answer: answer() }, told.call),
      ]) {
        told.trips.length = 0
        await step()
        expect(told.trips.map(({ part }) => part)).toContain('store')
      }
    })
  })
}

/** Several clients of the same data, at a time and one after the other. */
export function describeClients(
  client: () => CartStore,
  another: () => CartStore,
  prepare: () => Promise<StoreUnderTest>,
): void {
  describe('two clients', () => {
    test('see each other’s commits at once, by every read', async () => {
      const { commit } = await change(client(), fresh(), adding(), { answer: answer() })
      await expectWritten(another(), commit)

      const checkout = await change(another(), commit.cartId, { type: 'checkout' }, { answer: answer() })

      await expectWritten(client(), checkout.commit)
    })

    test('do not overwrite each other', async () => {
      const cart = await storedCart(client())
      const read = await client().readForChange(cart.id, call())
      const { commit } = await change(another(), cart.id, adding(2))
      const late = decided(read, adding(3))

      expect(await client().commit(late, call())).toEqual({ kind: 'conflict' })
      await expectNothingWritten(client(), late, [cartOf(commit)])
    })

    test('see after each of many commits what it wrote, never what was before', async () => {
      const cartId = fresh<CartId>()

      for (let version = 1; version <= 20; version += 1) {
        const [writer, reader] = version % 2 === 0 ? [client(), another()] : [another(), client()]
        expect(await reader.read(cartId, call())).toMatchObject({ version: version - 1 })
        await change(writer, cartId, adding())
        expect(await reader.read(cartId, call())).toMatchObject({ version, lines: [{ quantity: version }] })
      }
    })

    test('share one outbox', async () => {
      const { commit } = await change(client(), fresh(), adding())

      expect(await pendingOf(another(), commit.cartId)).toStrictEqual([commit.outbox])
      await another().outbox.remove([rowOf(commit)], call())

      expect(await pendingOf(client(), commit.cartId)).toEqual([])
    })
  })

  describe('a closed client', () => {
    let under: StoreUnderTest
    let closed: CartStore

    beforeEach(async () => {
      under = await prepare()
      closed = await under.open()
    })
    afterEach(() => under.dispose())

    test('fails every call at once instead of hanging', async () => {
      await closed.close()

      for (const { run } of OPERATIONS) {
        expect(await outcomeOf(run(closed, call()))).toMatchObject({ ok: false, error: expect.any(Error) })
      }
    })

    test('has carried out the commits that were under way, and the next client finds them', async () => {
      const commits: Commit[] = []
      for (let n = 0; n < 10; n += 1) {
        const nobody = await closed.readForChange(fresh<CartId>(), call())
        commits.push(decided(nobody, adding(n + 1), { answer: answer() }))
      }

      const underWay = Promise.all(commits.map((commit) => closed.commit(commit, call())))
      await closed.close()

      expect(await underWay).toEqual(commits.map(() => ({ kind: 'committed' })))
      const next = await under.open()
      for (const commit of commits) await expectWritten(next, commit)
      await next.close()
    })
  })
}

function expectAnswer(seen: unknown, wanted: unknown): void {
  if (typeof wanted === 'object') expect(seen).toMatchObject(wanted ?? {})
  else expect(seen).toBe(wanted)
}

/** A call whose time was up before it was made. */
function late(): Call {
  return { now: NOW, deadline: performance.now() - 1 }
}

/** A call that is observed, with what was heard of it. */
function observed() {
  const trips: { part: string; milliseconds: number }[] = []
  const found: string[] = []
  const observer = {
    took(part: string, milliseconds: number) {
      expect(milliseconds).toBeGreaterThanOrEqual(0)
      trips.push({ part, milliseconds })
    },
    cache(outcome: string) {
      found.push(outcome)
    },
  }
  return { trips, found, call: { ...call(), observer } }
}

async function outcomeOf<Value>(
  promise: Promise<Value>,
): Promise<{ readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: unknown }> {
  try {
    return { ok: true, value: await promise }
  } catch (error) {
    return { ok: false, error }
  }
}
