import type { CartStore } from '@cartwright/cart-store'
import type { Chance } from '@cartwright/test-servers'
import type { FaultName } from '../faults.ts'

/** The store of a run, and what can go wrong with it. */
export interface Backend {
  /** The settings of each API process. */
  readonly environments: readonly Readonly<Record<string, string>>[]
  /** The store as it is, past everything that goes wrong. */
  open(): Promise<CartStore>
  /** Lets something go wrong for the n-th process, until the returned function is called. */
  begin(fault: FaultName, process: number, chance: Chance): Promise<() => Promise<void>>
  /** How fast a run goes on it. */
  readonly pace: Pace
  stop(): Promise<void>
}

export interface Pace {
  /** The longest that a client thinks between two operations, in milliseconds. */
  readonly thinking: number
  /** The longest time between the end of one fault and the next, in milliseconds. */
  readonly calm: number
}

/** As fast as it goes. */
export const BRISK: Pace = { thinking: 0, calm: 250 }

/** Requests short enough for many of them, and quantities that no sum of them exceeds. */
export const REQUESTS = { REQUEST_TIMEOUT_MS: '3000', MAX_LINE_QUANTITY: '2147483647' }

export const nothing = async (): Promise<void> => undefined
