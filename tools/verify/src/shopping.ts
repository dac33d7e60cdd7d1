import { setTimeout as sleep } from 'node:timers/promises'
import { Chance } from '@cartwright/test-servers'
import type { CartInput, CartOutput } from './cart-specification.ts'
import type { Operation } from './linearizability.ts'
import { Shopper } from './shopper.ts'

export type CartOperation = Operation<CartInput, CartOutput>

export const CARTS = ['cart-a', 'cart-b', 'cart-c'] as const
const LINES = ['canvas-tote', 'olive-oil-crete', 'pour-over-dripper'] as const
/** How often each kind is asked for, among all of them. */
const KINDS = [
  ...(['add', 'add', 'add', 'add', 'read', 'read', 'read'] as const),
  ...(['set', 'clear', 'merge', 'checkout'] as const),
]
/** After so many milliseconds no client asks for anything more, however little was done. */
const LONGEST = 120_000
/** How often a process is asked for a cart in the end, with a pause in between, in milliseconds. */
const LAST_READS = 40
const LAST_READ_PAUSE = 250

/** What clients have heard. */
export interface History {
  readonly operations: CartOperation[]
  /** Answers that no right API gives. */
  readonly strange: string[]
  /** Answers of requests that had been carried out before, unheard. */
  replays: number
  /** Reads that a cache has answered. */
  hits: number
}

/** Lets clients ask for things at random, as many as wanted, of any of the processes. */
export async function shop(
  wanted: { readonly operations: number; readonly clients: number; readonly thinking: number },
  chance: Chance,
  urls: readonly string[],
  history: History,
): Promise<void> {
  const end = performance.now() + LONGEST
  let left = wanted.operations
  await Promise.all(
    Array.from({ length: wanted.clients }, async (_, index) => {
      const own = new Chance(chance.below(2 ** 31))
      const shopper = new Shopper(`client ${index + 1}`, own, urls)
      while (left > 0 && performance.now() < end) {
        left -= 1
        const operation = await shopper.ask(inputFrom(own))
        if (operation !== undefined) history.operations.push(operation)
        else left += 1
        if (wanted.thinking > 0) await sleep(own.below(wanted.thinking))
      }
      shopper.close()
      history.strange.push(...shopper.strange)
      history.replays += shopper.replays
      history.hits += shopper.hits
    }),
  )
}

/** What the carts are in the end, as every process shows them. */
export async function lookAround(urls: readonly string[], history: History): Promise<void> {
  for (const [index, url] of urls.entries()) {
    const shopper = new Shopper(`the last look at process ${index + 1}`, new Chance(1), [url])
    for (const cart of CARTS) {
      for (let read = 1; read <= LAST_READS; read += 1) {
        const shown = await shopper.ask({ does: 'read', cart })
        if (shown !== undefined) {
          history.operations.push(shown)
          break
        }
        if (read === LAST_READS) history.strange.push(`process ${index + 1} does not show ${cart} any more`)
        await sleep(LAST_READ_PAUSE)
      }
    }
    shopper.close()
    history.strange.push(...shopper.strange)
  }
}

function inputFrom(chance: Chance): CartInput {
  const cart = chance.of(CARTS)
  const line = chance.of(LINES)
  const does = chance.of(KINDS)
  switch (does) {
    case 'add':
      return { does, cart, line, quantity: 1 + chance.below(3) }
    case 'set':
      return { does, cart, line, quantity: chance.below(4) }
    case 'merge':
      return { does, cart, source: chance.of(CARTS.filter((other) => other !== cart)) }
    default:
      return { does, cart }
  }
}
