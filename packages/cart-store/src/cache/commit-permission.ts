import { type Call, StoreUnavailable } from '../port.ts'
import { type EpochKeeper, isOn, type UsableEpoch } from './epoch-keeper.ts'
import type { Fence } from './hashes.ts'
import type { Permission } from './record.ts'

export interface CommitPermissionOptions {
  readonly keeper: EpochKeeper
  /** Tries for a while to set a fence; `undefined` when it could not, and has done what there is to do about it. */
  readonly fence: (epoch: UsableEpoch) => Promise<Fence | undefined>
}

/**
 * The permission for one commit: under a fence in the epoch that this process holds, or, where the cache is off, without one
 * as soon as nobody can be using it any more. When the epoch changes under way, the next sending needs a new permission;
 * a fence of an older epoch stays where it is: nobody looks there any more.
 */
export class CommitPermission implements Permission {
  readonly #options: CommitPermissionOptions
  #fence: (Fence & { readonly isEvidence: boolean }) | undefined
  /** The epoch under which the commit may be sent. */
  #under: number | undefined
  #wasSent = false

  constructor(options: CommitPermissionOptions) {
    this.#options = options
  }

  /** The fence that stands, in the newest epoch that one was set in. */
  get fence(): Fence | undefined {
    return this.#fence
  }

  /**
   * Whether what was committed may be left as a document, if the fence has stood alone: everything that could have come
   * between is then known. It is not if the fence was set in an epoch that was not ripe, beside unfenced commits, nor if
   * the commit had been sent before: that sending may have been the one that landed, and others after it.
   */
  get isEvidence(): boolean {
    return this.#fence?.isEvidence === true
  }

  async obtain(call: Call): Promise<void> {
    const { keeper } = this.#options
    while (!this.#obtained()) {
      const held = keeper.held()
      if (held === undefined) await keeper.news(call.deadline)
      else if (isOn(held)) await this.#setFence(held)
      else await keeper.news(Math.min(held.ripeAt, call.deadline))
      if (performance.now() >= call.deadline) throw notInTime()
    }
  }

  holds(): boolean {
    const holds = this.#under !== undefined && this.#options.keeper.held()?.n === this.#under
    if (holds) this.#wasSent = true
    return holds
  }

  async #setFence(epoch: UsableEpoch): Promise<void> {
    const isEvidence = epoch.ripe && !this.#wasSent
    const fence = await this.#options.fence(epoch)
    if (fence !== undefined) this.#fence = { ...fence, isEvidence }
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
