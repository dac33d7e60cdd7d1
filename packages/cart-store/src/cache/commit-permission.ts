import type { CartId } from '@cartwright/cart-domain'
import { type Call, StoreUnavailable } from '../port.ts'
import { type EpochKeeper, isOn, type UsableEpoch } from './epoch-keeper.ts'
import type { Place } from './hashes.ts'
import type { Permission } from './record.ts'

/** A fence that stands on every cart of a commit. */
export interface Fence extends Place {
  readonly token: string
  /** Whether it was set in a ripe epoch, so that it may be evidence for a document. */
  readonly ripe: boolean
}

export interface CommitPermissionOptions {
  readonly ids: readonly CartId[]
  readonly keeper: EpochKeeper
  /** Tries for a while to set a fence; `undefined` when it could not, and has done what there is to do about it. */
  readonly fence: (epoch: UsableEpoch, call: Call) => Promise<Fence | undefined>
}

/**
 * The permission for one commit: under a fence in the epoch that this process holds, or, where the cache is off, without one
 * as soon as nobody can be using it any more. When the epoch changes under way, the next sending needs a new permission;
 * a fence of an older epoch stays where it is: nobody looks there any more.
 */
export class CommitPermission implements Permission {
  readonly #options: CommitPermissionOptions
  #fence: Fence | undefined
  /** The epoch under which the commit may be sent. */
  #under: number | undefined

  constructor(options: CommitPermissionOptions) {
    this.#options = options
  }

  /** The fence that stands, in the newest epoch that one was set in. */
  get fence(): Fence | undefined {
    return this.#fence
  }

  async obtain(call: Call): Promise<void> {
    const { keeper } = this.#options
    while (!this.#obtained()) {
      const held = keeper.held()
      if (held === undefined) await keeper.news(call.deadline)
      else if (isOn(held)) this.#fence = (await this.#options.fence(held, call)) ?? this.#fence
      else await keeper.news(Math.min(held.ripeAt, call.deadline))
      if (performance.now() >= call.deadline) throw notInTime()
    }
  }

  holds(): boolean {
    return this.#under !== undefined && this.#options.keeper.held()?.n === this.#under
  }

  #obtained(): boolean {
    const held = this.#options.keeper.held()
    if (held === undefined) return false
    const may = isOn(held) ? this.#fence?.n === held.n : held.ripe
    if (may) this.#under = held.n
    return may
  }
}

function notInTime(): StoreUnavailable {
  const message = 'the state of the cache did not become certain in time'
  return new StoreUnavailable(message, { outcome: 'none', reason: 'unreachable' })
}
