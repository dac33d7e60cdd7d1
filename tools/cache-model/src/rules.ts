import type { Sizes } from './state.ts'

/** The steps of the protocol: each is a function of that name in `protocol/`. */
export type StepName =
  | 'beginWrite'
  | 'fence'
  | 'sendCommit'
  | 'sendUnfencedCommit'
  | 'sendAgain'
  | 'startAgain'
  | 'commit'
  | 'lift'
  | 'beginRead'
  | 'get'
  | 'readRecord'
  | 'readRecordUnderLease'
  | 'fill'
  | 'readEpoch'
  | 'ripen'
  | 'turnOff'
  | 'open'
  | 'connect'
  | 'crash'
  | 'loseAnswer'
  | 'landAdrift'
  | 'landEarlier'
  | 'replicate'
  | 'promote'
  | 'demote'
  | 'promoteAgain'
  | 'expireDocument'
  | 'raiseGate'
  | 'removeFence'
  | 'expireFence'
  | 'evict'

interface RuleRow {
  readonly id: string
  /** The rule in one sentence. */
  readonly says: string
  /** The steps that are other ones, or other things become possible in, when the rule is broken. */
  readonly guards: readonly StepName[]
  /** The smallest sizes, with two processes, at which breaking it lets a read be stale. */
  readonly shows: Omit<Sizes, 'processes'>
}

/** Each rule of the protocol that the model can leave out, to see that it is needed. */
export const RULES = [
  {
    id: 'fence-before-commit',
    says: 'A writer sets its fence, which deletes document and lease, before it sends its commit.',
    guards: ['fence'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'fence-stops-readers',
    says: 'While a fence stands, a reader gets neither document nor lease and fills nothing.',
    guards: ['get', 'fill'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'fill-needs-lease',
    says: 'A reader fills only while the lease stands that it was given before it read the record.',
    guards: ['fill'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'lift-fills-on-evidence',
    says: 'A lift stores a document only if Redis shows that no other fence stood with its own.',
    guards: ['lift'],
    shows: { writes: 2, reads: 1, epochs: 0, returns: 0 },
  },
  {
    id: 'lift-fills-if-alone',
    says: 'A lift stores a document only if its fence stood alone from start to end, not if it is merely the last.',
    guards: ['lift'],
    shows: { writes: 2, reads: 1, epochs: 0, returns: 0 },
  },
  {
    id: 'lift-fills-if-ripe',
    says: 'A lift stores a document only if its fence was set in a ripe epoch.',
    guards: ['lift'],
    shows: { writes: 2, reads: 1, epochs: 2, returns: 0 },
  },
  {
    id: 'lift-fills-if-fenced-first',
    says: 'A lift stores a document only if its fence was set before anything of the commit was sent.',
    guards: ['lift'],
    shows: { writes: 2, reads: 1, epochs: 2, returns: 0 },
  },
  {
    id: 'lift-when-known',
    says: 'A writer that does not know what became of its commit leaves its fence.',
    guards: ['loseAnswer'],
    shows: { writes: 1, reads: 3, epochs: 0, returns: 0 },
  },
  {
    id: 'gate-before-fence',
    says: 'A writer reads the gate that its commit names before it fences.',
    guards: ['fence', 'sendCommit'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'gate-before-removal',
    says: "Nobody removes another's fence, and no fence ends by itself, before the record's gate was raised.",
    guards: ['expireFence'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'fence-not-evicted',
    says: 'Redis keeps a key for as long as a fence stands in it.',
    guards: ['evict'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'commit-in-its-epoch',
    says: 'A fenced commit is sent only while the process still holds the epoch of its fence.',
    guards: ['sendCommit'],
    shows: { writes: 1, reads: 2, epochs: 2, returns: 0 },
  },
  {
    id: 'unfenced-commit-in-off-epoch',
    says: 'A commit is sent without a fence only in an epoch that is off.',
    guards: ['sendUnfencedCommit'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'unfenced-commit-when-ripe',
    says: 'A commit is sent without a fence only when the off epoch is ripe.',
    guards: ['sendUnfencedCommit'],
    shows: { writes: 1, reads: 2, epochs: 1, returns: 0 },
  },
  {
    id: 'open-when-ripe',
    says: 'A new epoch is opened only when the off epoch before it is ripe.',
    guards: ['open'],
    shows: { writes: 1, reads: 2, epochs: 2, returns: 0 },
  },
  {
    id: 'get-when-ripe',
    says: 'A read uses the cache only in a ripe epoch.',
    guards: ['get'],
    shows: { writes: 1, reads: 2, epochs: 2, returns: 0 },
  },
  {
    id: 'epoch-names-primary',
    says: 'A process uses the cache only through a connection to the primary that its epoch names.',
    guards: ['get', 'fence'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 0 },
  },
  {
    id: 'identity-in-each-step',
    says: 'Every step in Redis checks that the server is still the primary that the epoch names, as the epoch knew it.',
    guards: ['get', 'fence', 'fill', 'lift', 'removeFence'],
    shows: { writes: 1, reads: 2, epochs: 0, returns: 1 },
  },
  {
    id: 'epoch-begins-empty',
    says: "Keys carry the epoch's number, so that an epoch finds nothing of an earlier one.",
    guards: ['get'],
    shows: { writes: 1, reads: 2, epochs: 2, returns: 0 },
  },
] as const satisfies readonly RuleRow[]

export type RuleId = (typeof RULES)[number]['id']
export type Rule = RuleRow & { readonly id: RuleId }

export function ruleOf(id: string): Rule | undefined {
  return RULES.find((rule) => rule.id === id)
}

/** Which rules hold: all but at most one. */
export class Rules {
  readonly broken: RuleId | undefined

  constructor(broken?: RuleId) {
    this.broken = broken
  }

  hold(id: RuleId): boolean {
    return id !== this.broken
  }

  /** The number in the keys of an epoch. */
  keyOf(epoch: number): number {
    return this.hold('epoch-begins-empty') ? epoch : 0
  }
}
