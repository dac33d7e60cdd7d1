import { setTimeout as sleep } from 'node:timers/promises'
import type { CartStore } from '@cartwright/cart-store'
import { ApiProcess } from './api-process.ts'
import { type Backend, startBackend } from './backend.ts'
import { type CartInput, type CartOutput, type Carts, cartSpecification } from './cart-specification.ts'
import { Chance } from './chance.ts'
import { checkLinearizability, type Operation, type Verdict } from './linearizability.ts'
import type { Mutation } from './mutations.ts'
import type { FaultName, Options } from './options.ts'
import { Shopper } from './shopper.ts'

type CartOperation = Operation<CartInput, CartOutput>

/** What one run has shown. */
export interface RunResult {
  readonly seed: number
  /** How many operations were answered, and how many may or may not have happened. */
  readonly answered: number
  readonly unknown: number
  readonly faults: Readonly<Partial<Record<FaultName, number>>>
  /** Everything that cannot be explained; empty when all is well. */
  readonly violations: readonly string[]
}

const CARTS = ['cart-a', 'cart-b', 'cart-c'] as const
const LINES = ['canvas-tote', 'olive-oil-crete', 'pour-over-dripper'] as const
/** The longest outbox that is looked at. */
const MOST_ROWS = 100_000

/**
 * Makes one history and judges it.
 *
 * @param mutation what is to be wrong, for the tests of the checker
 */
export async function run(options: Options, seed: number, mutation?: Mutation): Promise<RunResult> {
  const chance = new Chance(seed)
  const backend = await startBackend(options.store, options.processes, mutation)
  const apis = backend.environments.map((environment) => new ApiProcess(environment))
  try {
    await Promise.all(apis.map((api) => api.start()))
    const faults: Partial<Record<FaultName, number>> = {}
    const history: CartOperation[] = []
    const shopping = shop(options, chance, apis, history)
    const ended = { now: false }
    const breaking = breakThings(options, new Chance(seed + 1), { apis, backend, faults, ended })
    await shopping
    ended.now = true
    await breaking
    history.push(...(await lookAround(apis)))
    const violations = [...judge(history), ...(await auditEvents(backend, history))]
    const unknown = history.filter(({ output }) => output === undefined).length
    return { seed, answered: history.length - unknown, unknown, faults, violations }
  } finally {
    await Promise.all(apis.map((api) => api.kill()))
    await backend.stop()
  }
}

async function shop(
  { operations, clients }: Options,
  chance: Chance,
  apis: readonly ApiProcess[],
  history: CartOperation[],
): Promise<void> {
  let left = operations
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const own = new Chance(chance.below(2 ** 31))
      const shopper = new Shopper(own, () => apis.map(({ url }) => url))
      while (left > 0) {
        left -= 1
        const operation = await shopper.ask(inputFrom(own))
        if (operation !== undefined) history.push(operation)
        else left += 1
      }
      shopper.close()
    }),
  )
}

function inputFrom(chance: Chance): CartInput {
  const cart = chance.of(CARTS)
  const line = chance.of(LINES)
  const does = chance.of([
    'add',
    'add',
    'add',
    'add',
    'read',
    'read',
    'read',
    'set',
    'clear',
    'merge',
    'checkout',
  ])
  switch (does) {
    case 'add':
      return { does, cart, line, quantity: 1 + chance.below(3) }
    case 'set':
      return { does, cart, line, quantity: chance.below(4) }
    case 'merge':
      return { does, cart, source: chance.of(CARTS.filter((other) => other !== cart)) }
    case 'read':
    case 'clear':
    case 'checkout':
      return { does, cart }
    default:
      throw new Error(`got ${does}; wanted one of the above`)
  }
}

interface Breaking {
  readonly apis: readonly ApiProcess[]
  readonly backend: Backend
  readonly faults: Partial<Record<FaultName, number>>
  readonly ended: { now: boolean }
}

/** One thing after the other goes wrong until the clients are done; in the end everything is well again. */
async function breakThings(options: Options, chance: Chance, { apis, backend, faults, ended }: Breaking) {
  while (!ended.now && options.faults.length > 0) {
    await sleep(50 + chance.below(300))
    const fault = chance.of(options.faults)
    const index = chance.below(apis.length)
    const api = apis[index] as ApiProcess
    faults[fault] = (faults[fault] ?? 0) + 1
    if (fault === 'kill') {
      await api.kill()
      await api.start()
    } else if (fault === 'stop') {
      api.signal('SIGSTOP')
      await sleep(50 + chance.below(800))
      api.signal('SIGCONT')
    } else {
      const end = await backend.begin(fault, index, chance)
      await sleep(50 + chance.below(800))
      await end()
    }
  }
}

/** What the carts are in the end, as every process shows them. */
async function lookAround(apis: readonly ApiProcess[]): Promise<CartOperation[]> {
  const history: CartOperation[] = []
  for (const api of apis) {
    const shopper = new Shopper(new Chance(1), () => [api.url])
    for (const cart of CARTS) {
      for (;;) {
        const shown = await shopper.ask({ does: 'read', cart })
        if (shown === undefined) continue
        history.push(shown)
        break
      }
    }
    shopper.close()
  }
  return history
}

function judge(history: readonly CartOperation[]): string[] {
  const verdict = checkLinearizability(history, cartSpecification)
  return verdict.linearizable ? [] : [timeline(verdict)]
}

/** Each version of each cart has its events, exactly one row tells of it, and nothing tells of a version that is not. */
async function auditEvents(backend: Backend, history: readonly CartOperation[]): Promise<string[]> {
  const store: CartStore = await backend.open()
  try {
    const call = { now: Date.now(), deadline: performance.now() + 30_000 }
    const rows = await store.outbox.pending({ createdBefore: call.now + 60_000, limit: MOST_ROWS }, call)
    const told = new Map<string, number[]>(CARTS.map((cart) => [cart, []]))
    for (const { events } of rows) {
      // Events of one change share a version.
      for (const mark of new Set(events.map(({ cartId, version }) => `${version} ${cartId}`))) {
        const [version, cart] = mark.split(' ')
        told.get(String(cart))?.push(Number(version))
      }
    }
    return [...told].flatMap(([cart, versions]) => {
      const shown = history.flatMap(({ input, output }) => {
        return input.cart === cart && output?.kind === 'cart' ? [output.version] : []
      })
      const last = Math.max(0, ...shown)
      const wanted = Array.from({ length: last }, (_, index) => index + 1)
      const seen = versions.sort((a, b) => a - b)
      if (seen.join() === wanted.join()) return []
      return [`${cart} is at version ${last}; its events tell of the versions ${seen.join(', ')}`]
    })
  } finally {
    await store.close()
  }
}

/** The end of what can be explained, and what cannot. */
function timeline(verdict: Extract<Verdict<Carts, CartInput, CartOutput>, { linearizable: false }>): string {
  const line = ({ input, output, sent, answered }: CartOperation): string => {
    const until = Number.isFinite(answered) ? answered.toFixed(1) : 'no answer'
    return `    ${sent.toFixed(1)} - ${until}  ${JSON.stringify(input)} -> ${JSON.stringify(output) ?? '?'}`
  }
  return [
    `no order was found that explains what was answered. ${verdict.explained.length} operations can be explained; the last of them:`,
    ...verdict.explained.slice(-8).map(line),
    `  they lead to ${JSON.stringify(verdict.state)}`,
    '  where none of these can be answered as it was:',
    ...verdict.stuck.map(line),
  ].join('\n')
}
