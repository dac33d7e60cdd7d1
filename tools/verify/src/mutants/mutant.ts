import type { FaultName, StoreName } from '../faults.ts'
import type { Patch } from './patching.ts'

/** The product with one of its rules left out. */
export interface Mutant {
  /** What it does, in one sentence. */
  readonly says: string
  readonly patches: readonly Patch[]
  /** A kind of run that finds it within 20 seeds: what must go wrong so that the rule is needed. */
  readonly foundOn: {
    readonly store: StoreName
    readonly faults: readonly FaultName[]
    readonly operations: number
  }
}
