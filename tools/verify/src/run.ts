import { Chance, untilCached } from '@cartwright/test-servers'
import { ApiProcess } from './api-process.ts'
import { startBackend } from './backends/start.ts'
import { type Breakable, breakThings, type FaultCounts } from './breaking.ts'
import { cartSpecification } from './cart-specification.ts'
import { shrink } from './counterexample/shrink.ts'
import { timeline } from './counterexample/timeline.ts'
import { auditDelivery } from './events/delivery.ts'
import { startEventReceiver } from './events/receiver.ts'
import { Front } from './front.ts'
import { checkLinearizability } from './linearizability.ts'
import type { Options } from './options.ts'
import { CARTS, type CartOperation, type History, lookAround, shop } from './shopping.ts'

/** What one run has shown. */
export interface RunResult {
  readonly seed: number
  /** How many operations were answered, and how many may or may not have happened. */
  readonly answered: number
  readonly unknown: number
  /** How many of the answers were kept ones, of requests that had been carried out before, unheard. */
  readonly replayed: number
  /** How many reads a cache has answered. */
  readonly hits: number
  readonly faults: Readonly<FaultCounts>
  /** How many events were delivered, repeats included. */
  readonly events: number
  /** Everything that cannot be explained; empty when all is well. */
  readonly violations: readonly string[]
  /** The search for an explanation was given up: neither explained nor a violation. */
  readonly isUndecided: boolean
  /** How long it took. */
  readonly milliseconds: number
}

/** Hears how far a run is. */
export type Listener = (step: string) => void

/** How long an explanation is looked for, in milliseconds; nearly all are found in less than a second. */
const SEARCH_PATIENCE = 60_000
/** How often a run tells how far it is, in milliseconds. */
const TELL_EVERY = 200

/** Makes one history and judges it. */
export async function run(
  options: Options,
  seed: number,
  tell: Listener = () => undefined,
): Promise<RunResult> {
  const began = performance.now()
  const stops: (() => Promise<void>)[] = []
  const stopLater = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    stops.unshift(() => part.stop())
    return part
  }
  try {
    tell('starting')
    const receiver = stopLater(await startEventReceiver())
    const backend = stopLater(await startBackend(options.store, options.processes))
    const apis = backend.environments.map((environment) => {
      const api = new ApiProcess(
        { ...environment, ...receiver.environmentFor(options.store) },
        options.mutant,
      )
      stops.unshift(() => api.kill())
      return api
    })
    await Promise.all(apis.map((api) => api.start()))
    await Promise.all(apis.map(untilCached))
    const fronts = await Promise.all(apis.map(async (api) => stopLater(await Front.start(api))))

    const { history, faults } = await makeHistory(options, seed, { apis, fronts, backend, receiver }, tell)
    tell('waiting for events')
    const store = await backend.open()
    const unexplained = await auditDelivery(store, receiver, CARTS).finally(() => store.close())
    tell('looking for an explanation')
    const verdict = judge(history.operations)
    const unknown = history.operations.filter(({ output }) => output === undefined).length
    return {
      seed,
      answered: history.operations.length - unknown,
      unknown,
      replayed: history.replays,
      hits: history.hits,
      faults,
      events: receiver.delivered.length,
      violations: [...history.strange, ...verdict.violations, ...unexplained],
      isUndecided: verdict.isUndecided,
      milliseconds: Math.round(performance.now() - began),
    }
  } finally {
    for (const stop of stops) await stop()
  }
}

/** Lets clients shop while things go wrong, and looks at every cart in the end, when all is well again. */
async function makeHistory(
  options: Options,
  seed: number,
  breakable: Breakable,
  tell: Listener,
): Promise<{ history: History; faults: FaultCounts }> {
  const faults: FaultCounts = {}
  const history: History = { operations: [], strange: [], replays: 0, hits: 0 }
  const urls = breakable.fronts.map(({ url }) => url)
  const ended = new AbortController()
  const telling = setInterval(
    () => tell(`${history.operations.length}/${options.operations} operations`),
    TELL_EVERY,
  )
  try {
    const breaking = breakThings(options.faults, new Chance(seed + 1), breakable, {
      counts: faults,
      ended: ended.signal,
    })
    breaking.catch(() => undefined) // told below, when the clients are done
    await shop({ ...options, ...breakable.backend.pace }, new Chance(seed), urls, history).finally(() =>
      ended.abort(),
    )
    await breaking
  } finally {
    clearInterval(telling)
  }
  await lookAround(urls, history)
  return { history, faults }
}

/** Where the search gives up, a part of the history may still be short enough to be shown impossible. */
function judge(history: readonly CartOperation[]): { violations: readonly string[]; isUndecided: boolean } {
  const deadline = performance.now() + SEARCH_PATIENCE
  const { kind } = checkLinearizability(history, cartSpecification, { deadline })
  if (kind === 'linearizable') return { violations: [], isUndecided: false }
  const short = shrink(history)
  if (kind === 'undecided' && short === undefined) return { violations: [], isUndecided: true }
  return { violations: [timeline(short ?? history)], isUndecided: false }
}
