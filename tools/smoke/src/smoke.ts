import { setTimeout as sleep } from 'node:timers/promises'
import { type Check, type CheckResult, Mismatch, NotChecked } from './check.ts'
import { allChecks } from './checks/all.ts'
import type { QueueOptions } from './queue/queue.ts'
import { Shop } from './target/shop.ts'
import { type Place, Target } from './target/target.ts'

/** Between two looks whether the API answers, in milliseconds. */
const PAUSE = 500

export interface SmokeOptions {
  /** The origin of the API, such as https://shop.example.com. */
  readonly url: string
  /** PEM; trusted instead of the usual authorities. */
  readonly ca?: string | undefined
  /** Where the URL's host really listens; `Host` and the name in TLS stay the URL's. */
  readonly connectTo?: Place | undefined
  /** So many different ones have to answer. @default 1 */
  readonly instances?: number | undefined
  /** What `/metadata` has to tell; any unless given. */
  readonly release?: string | undefined
  /** Where the event of the checkout has to arrive; not looked for unless given. */
  readonly queue?: QueueOptions | undefined
  /** A JWT, sent with every request; a guest's without it. */
  readonly token?: string | undefined
  /** Of each request, in seconds. @default 10 */
  readonly timeout?: number | undefined
  /** So long the API may take before the first check until it answers, with the release, in seconds. @default 0 */
  readonly patience?: number | undefined
  /** Ends it between two checks: it then rejects. */
  readonly signal?: AbortSignal | undefined
  /** Hears of each check as soon as it has ended. */
  readonly tell?: ((result: CheckResult) => void) | undefined
}

export interface SmokeReport {
  readonly url: string
  readonly checks: readonly CheckResult[]
  readonly passed: number
  readonly failed: number
  readonly notChecked: number
}

/**
 * Tries the API from outside, as its clients do: some hundred requests, one after the other, on carts of its own, which are
 * empty afterwards. One order is made, and stays. Resolves also where checks fail.
 */
export async function smoke(options: SmokeOptions): Promise<SmokeReport> {
  const {
    instances = 1,
    release,
    queue,
    timeout = 10,
    patience = 0,
    signal,
    tell = () => undefined,
  } = options
  const target = new Target({ ...options, timeout })
  const shop = new Shop(target)
  const { api, elsewhere } = allChecks({ release, instances, queue })
  const checks: CheckResult[] = []
  const run = async (wanted: readonly Check[]): Promise<void> => {
    for (const check of wanted) {
      signal?.throwIfAborted()
      const result = await resultOf(check, shop)
      checks.push(result)
      tell(result)
    }
  }
  try {
    await untilTold(target, { release, end: performance.now() + patience * 1000, signal })
    await run(api).finally(() => shop.clearCarts())
    await run(elsewhere)
  } finally {
    target.close()
  }
  const count = (outcome: CheckResult['outcome']) => checks.filter((one) => one.outcome === outcome).length
  return {
    url: target.origin,
    checks,
    passed: count('passed'),
    failed: count('failed'),
    notChecked: count('not checked'),
  }
}

/** A new load balancer may not be in the DNS yet, or not know its targets. Whether it all is as it should be, checks tell. */
async function untilTold(
  target: Target,
  { release, end, signal }: Pick<SmokeOptions, 'release' | 'signal'> & { readonly end: number },
): Promise<void> {
  while (performance.now() < end) {
    signal?.throwIfAborted()
    const answer = await target.ask({ path: '/metadata', isFresh: true }).catch(() => undefined)
    const told = answer?.status === 200 ? answer.body['release'] : undefined
    if (told !== undefined && (release === undefined || told === release)) return
    await sleep(PAUSE, undefined, { ...(signal === undefined ? {} : { signal }) })
  }
}

async function resultOf({ name, run }: Check, shop: Shop): Promise<CheckResult> {
  const began = performance.now()
  const ended = () => ({ name, milliseconds: Math.round(performance.now() - began) })
  try {
    await run(shop)
    return { ...ended(), outcome: 'passed' }
  } catch (error) {
    if (error instanceof Mismatch) return { ...ended(), outcome: 'failed', trouble: error.trouble }
    if (error instanceof NotChecked) return { ...ended(), outcome: 'not checked', reason: error.message }
    throw error
  }
}
