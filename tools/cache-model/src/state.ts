// What the model remembers between two steps. Time is not in it: a deadline appears as the right to take a step.

/** A version of the one cart; 0 is there at the start. */
export type Version = number
/** Names a fence or a lease; never used twice. */
export type Token = number
/** The number of an epoch; a new one is one higher. */
export type EpochNumber = number

/** The two Redis servers. A is the primary at the start; after B's promotion both may believe to be one. */
export const SERVERS = ['A', 'B'] as const
export type Server = (typeof SERVERS)[number]

/**
 * A server for as long as it is the primary without a break: what its run id and replication id say together. A that
 * was a replica of B and is promoted again is another primary on the same server: A2.
 */
export type Primary = Server | 'A2'

/** The item beside the carts that says which Redis primary is the cache now; `on: null` says that none is. */
export interface Epoch {
  readonly number: EpochNumber
  readonly on: Primary | null
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
  /** As whoever set it knew it. */
  readonly primary: Primary
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

/**
 * An earlier sending of the commit that is to be sent again, under an epoch that its process has lost: it may still
 * land, has landed, or is lost. Its process does not know which. All sendings have one token, so one lands at most.
 */
export type Earlier =
  | { readonly at: 'adrift'; readonly under: EpochNumber }
  | { readonly at: 'landed'; readonly version: Version }
  | { readonly at: 'lost' }

/** A sending that waits for its answer. */
export interface Sending extends SentCommit {
  /** What an earlier sending of the same commit has made of the record: this one is then told so. */
  readonly landedAs: Version | null
}

interface Fenced {
  readonly fence: Place
  /** Whether the lift may fill at all: the fence was set in a ripe epoch, and before anything was sent. */
  readonly mayFill: boolean
}

export type Write = { readonly kind: 'write' } & (
  | { readonly at: 'begun'; readonly gate: number; readonly earlier: Earlier | null }
  | ({ readonly at: 'fenced'; readonly gate: number | null; readonly earlier: Earlier | null } & Fenced)
  | ({ readonly at: 'sent' } & Sending & Fenced)
  | ({ readonly at: 'sent unfenced' } & Sending)
)

/** A lift that was sent, after the answer: it arrives at any later time, or never, whatever becomes of its process. */
export interface Lift extends Fenced {
  /** What the writer has committed; `null` if nothing: the lift then fills nothing. */
  readonly version: Version | null
}

export type Read = {
  readonly kind: 'read'
  /** The newest version that anybody had been told of when the read began: it must not answer with an older one. */
  readonly known: Version
} & (
  | { readonly at: 'begun' }
  | { readonly at: 'fenced out' }
  | { readonly at: 'leased'; readonly lease: Place }
)

/** What a reader has read under its lease, sent after the answer: it arrives at any later time, or never. */
export interface Fill {
  readonly lease: Place
  readonly version: Version
}

export interface Process {
  /** The primary that its connection led to when it was opened. The server's identity may have changed since. */
  readonly connection: Primary
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
  /** As which primary each server takes commands; `null`: it is a replica, and takes none. */
  readonly primaries: Readonly<Record<Server, Primary | null>>
  /** The hashes of a server, by the epoch in their key. */
  readonly redis: Readonly<Record<Server, readonly CartHash[]>>
  readonly processes: readonly Process[]
  /** Commits whose process has died or given up: each lands, or is refused, at any later time. */
  readonly adrift: readonly SentCommit[]
  readonly lifts: readonly Lift[]
  readonly fills: readonly Fill[]
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
  /** How often a demoted primary is promoted again: once at most. */
  readonly returns: number
}

export function initialState({ processes }: Sizes): State {
  return {
    record: 0,
    gate: 0,
    epoch: { number: 0, on: 'A' },
    known: 0,
    writesBegun: 0,
    readsBegun: 0,
    primaries: { A: 'A', B: null },
    redis: { A: [], B: [] },
    processes: Array.from({ length: processes }, () => ({ connection: 'A', view: null, operation: null })),
    adrift: [],
    lifts: [],
    fills: [],
    reapings: [],
    nextToken: 1,
  }
}

export function serverOf(primary: Primary): Server {
  return primary === 'B' ? 'B' : 'A'
}

export function hashAt(state: State, server: Server, epoch: EpochNumber): CartHash {
  return state.redis[server][epoch] ?? EMPTY_HASH
}

export function withHash(state: State, server: Server, epoch: EpochNumber, hash: CartHash): State {
  const hashes = state.redis[server].slice()
  for (let number = hashes.length; number < epoch; number++) hashes[number] = EMPTY_HASH
  hashes[epoch] = hash
  return { ...state, redis: { ...state.redis, [server]: hashes } }
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
