import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable } from '@cartwright/cart-store'
import { Readiness } from './readiness.ts'

/** A store whose probe fails as it is told to. */
function storeThat(): {
  check: () => Promise<void>
  fails: StoreUnavailable['reason'] | undefined
  probes: number
} {
  return {
    fails: undefined,
    probes: 0,
    async check() {
      this.probes++
      if (this.fails !== undefined) {
        throw new StoreUnavailable('down', { outcome: 'none', reason: this.fails })
      }
    },
  }
}

const until = async (condition: () => boolean): Promise<void> => {
  for (const end = performance.now() + 5_000; !condition(); await sleep(2)) {
    if (performance.now() > end) throw new Error('waited for 5 s in vain')
  }
}

test('a failing store shows at once, but makes unready only after a while, and a recovery undoes both', async () => {
  const store = storeThat()
  const readiness = new Readiness({ store, interval: 2, patience: 100 })
  try {
    store.fails = 'unreachable'
    await until(() => readiness.storeState.state === 'failing')
    const unreadyAtOnce = readiness.storeLost
    await until(() => readiness.storeLost)
    store.fails = undefined
    await until(() => readiness.storeState.state === 'up')

    expect(unreadyAtOnce).toBe(false)
    expect(readiness.storeLost).toBe(false)
  } finally {
    readiness.shutDown()
  }
})

test.each(['throttled', 'contention'] as const)('a store that is %s is there', async (reason) => {
  const store = storeThat()
  store.fails = reason
  const readiness = new Readiness({ store, interval: 2, patience: 0 })
  try {
    await until(() => store.probes > 3)

    expect(readiness.storeState).toEqual({ state: 'up' })
    expect(readiness.storeLost).toBe(false)
  } finally {
    readiness.shutDown()
  }
})
