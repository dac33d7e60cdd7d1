// What the model remembers between two steps. Time is not in it: a deadline appears as the right to take a step.

/** A version of the one cart; 0 is there at the start. */
export type Version = number
/** Names a fence or a lease; never used twice. */
export type Token = number
/** The number of an epoch; a new one is one higher. */
export type EpochNumber = number

/** The two Redis servers. A is the primary at the start; after B's promotion both may believe to be one. */
export const INSTANCES = ['A', 'B'] as const
export type Instance = (typeof INSTANCES)[number]

/** The item beside the carts that says which Redis primary is the cache now; `on: null` says that none is. */
export interface Epoch {
  readonly number: EpochNumber
  readonly on: Instance | null
}

/** What a process holds of the epoch; it is gone when the process reads a newer one. */
export interface EpochView extends Epoch {
  /** Whether the process has held it for so long that nothing of an older epoch can still happen. */
  readonly ripe: boolean
}

/** The Redis hash of the cart in one epoch. */
export interface CartHash {
  readonly document: Version | null
  /** Of the reader who asked last; only it may fill. */
  readonly lease: Token | null
  readonly fences: readonly Token[]
  /** The fence that was set when no other stood and that no other has joined since. It is a lift's evidence. */
  readonly alone: Token | null
}

export const EMPTY_HASH: CartHash = { document: null, lease: null, fences: [], alone: null }

/** Where a fence or a lease is: the key has the epoch's number in it. */
export interface Place {
  readonly instance: Instance
  readonly epoch: EpochNumber
  readonly token: Token
}

/** The conditions under which a sent commit may still land. */
export interface SentCommit {
  /** The epoch under which it was sent: the ripening of later epochs waits for it. */
  readonly under: EpochNumber
  /** The record's gate that it names. */
  readonly gate: number
}

export type Write = { readonly kind: 'write' } & (
  | { readonly at: 'begun'; readonly gate: number }
  | { readonly at: 'fenced'; readonly gate: number | null; readonly fence: Place; readonly ripe: boolean }
  | ({ readonly at: 'sent'; readonly fence: Place; readonly ripe: boolean } & SentCommit)
  | ({ readonly at: 'sent unfenced' } & SentCommit)
  | {
      readonly at: 'committed'
      readonly gate: number
      readonly fence: Place
      readonly ripe: boolean
      readonly version: Version
    }
)

export type Read = {
  readonly kind: 'read'
  /** The newest version that anybody had been told of when the read began: it must not answer with an older one. */
  readonly known: Version
} & (
  | { readonly at: 'begun' }
  | { readonly at: 'fenced out' }
  | { readonly at: 'leased'; readonly lease: Place }
  | { readonly at: 'has read'; readonly lease: Place; readonly version: Version }
)

export interface Process {
  /** The Redis server that its connection leads to. */
  readonly connection: Instance
  readonly view: EpochView | null
  readonly operation: Write | Read | null
}

/** A fence whose reaper has raised the gate and not yet removed it. */
export type Reaping = Place

export interface State {
  /** The version of the cart in the database, which is the record. */
  readonly record: Version
  /** Kept on the record; a commit that names another one is refused. */
  readonly gate: number
  readonly epoch: Epoch
  /** The newest version that an ended operation has answered with. */
  readonly known: Version
  readonly writesBegun: number
  readonly readsBegun: number
  readonly promoted: boolean
  /** The hashes of an instance, by the epoch in their key. */
  readonly redis: Readonly<Record<Instance, readonly CartHash[]>>
  readonly processes: readonly Process[]
  /** Commits whose process has died or given up: each lands, or is refused, at any later time. */
  readonly adrift: readonly SentCommit[]
  readonly reapings: readonly Reaping[]
  readonly nextToken: Token
}

/** How far the model goes. */
export interface Sizes {
  readonly processes: number
  readonly writes: number
  readonly reads: number
  /** How often the epoch changes. */
  readonly epochs: number
}

export function initialState({ processes }: Sizes): State {
  return {
    record: 0,
    gate: 0,
    epoch: { number: 0, on: 'A' },
    known: 0,
    writesBegun: 0,
    readsBegun: 0,
    promoted: false,
    redis: { A: [], B: [] },
    processes: Array.from({ length: processes }, () => ({ connection: 'A', view: null, operation: null })),
    adrift: [],
    reapings: [],
    nextToken: 1,
  }
}

export function hashAt(state: State, instance: Instance, epoch: EpochNumber): CartHash {
  return state.redis[instance][epoch] ?? EMPTY_HASH
}

export function withHash(state: State, instance: Instance, epoch: EpochNumber, hash: CartHash): State {
  const hashes = state.redis[instance].slice()
  for (let number = hashes.length; number < epoch; number++) hashes[number] = EMPTY_HASH
  hashes[epoch] = hash
  return { ...state, redis: { ...state.redis, [instance]: hashes } }
}

export function withoutFence(hash: CartHash, token: Token): CartHash {
  return {
    ...hash,
    fences: hash.fences.filter((fence) => fence !== token),
    alone: hash.alone === token ? null : hash.alone,
  }
}

export function withProcess(state: State, index: number, change: Partial<Process>): State {
  const processes = state.processes.slice()
  processes[index] = { ...processAt(state, index), ...change }
  return { ...state, processes }
}

export function processAt(state: State, index: number): Process {
  const found = state.processes[index]
  if (found === undefined) throw new RangeError(`no process ${index} of ${state.processes.length}`)
  return found
}
