import { describeAnswers } from './contract/answers.ts'
import { describeAtomicity } from './contract/atomicity.ts'
import { describeCarts } from './contract/carts.ts'
import { describeCalls, describeClients } from './contract/clients.ts'
import { describeConcurrency } from './contract/concurrency.ts'
import { describeContent } from './contract/content.ts'
import { describeOutbox } from './contract/outbox.ts'
import type { StoreUnderTest } from './contract/store-under-test.ts'
import type { CartStore } from './port.ts'

export type { StoreUnderTest } from './contract/store-under-test.ts'

/** Real servers answer more slowly than an embedded store, above all when both cores are busy; in milliseconds. */
const PATIENCE = 60_000

/**
 * Everything that the port promises, as tests of one adapter. Ids are new in each test and no test waits for
 * the clock, so one database serves them all; only the outbox belongs to nobody: no relay may run meanwhile.
 *
 * @param prepare sets up data of its own each time it is called.
 */
export function describeStoreContract(name: string, prepare: () => Promise<StoreUnderTest>): void {
  describe(`the ${name} store`, () => {
    jest.setTimeout(PATIENCE)
    let under: StoreUnderTest
    let first: CartStore
    let second: CartStore | undefined
    const client = (): CartStore => first
    const another = (): CartStore => second ?? first

    beforeAll(async () => {
      under = await prepare()
      first = await under.open()
      second = await under.openAnother?.()
    })
    afterAll(async () => {
      await second?.close()
      await first.close()
      await under.dispose()
    })

    describeCarts(client)
    describeAtomicity(client)
    describeAnswers(client)
    describeOutbox(client)
    describeContent(client)
    describeConcurrency(client, another)
    describeCalls(client)
    describeClients(client, another, prepare)
  })
}
