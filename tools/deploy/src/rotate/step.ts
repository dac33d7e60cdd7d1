import { isAfter, stamp, versionAfter } from './version-id.ts'

/** Where the API's GetSecretValue leads. */
export const CURRENT = 'AWSCURRENT'
/** A version whose rotation was begun; it stays there when that is over, as with AWS's own rotations. */
export const PENDING = 'AWSPENDING'

/** What is there, at a moment at which Redis is not being changed. */
export interface Situation {
  /** When the replication group was made. */
  readonly born: Date
  /** When its token was changed last; undefined where it never was. */
  readonly changed: Date | undefined
  /** The labels of each version of the secret, by its id. */
  readonly labels: Labels
  /** The version that the API reads. */
  readonly current: string
}

export type Labels = ReadonlyMap<string, readonly string[]>

export type Step =
  /** A version with a new token is written. */
  | { readonly does: 'write'; readonly version: string }
  /** Redis takes its token, and the one before. */
  | { readonly does: 'rotate'; readonly version: string }
  /** The API reads it. */
  | { readonly does: 'name'; readonly version: string }
  /** Redis takes its token alone; then it gets the label that says so. */
  | { readonly does: 'set'; readonly version: string }

/**
 * What says, at a version, that Redis takes its token alone. A group that has replaced another knows none of its tokens:
 * hence the moment of its birth.
 */
export function liveLabel({ born }: Pick<Situation, 'born'>): string {
  return `CARTWRIGHT_LIVE_${stamp(born)}`
}

export function holderOf(label: string, labels: Labels): string | undefined {
  return [...labels].find(([, ones]) => ones.includes(label))?.[0]
}

/** Whether Redis takes the token that the API reads, and no other. */
export function isLive(situation: Situation): boolean {
  return holderOf(liveLabel(situation), situation.labels) === situation.current
}

/**
 * What comes next in a rotation. What AWS holds decides, so a run that was killed anywhere is gone on with:
 *
 *     no version follows the current one                       write
 *     one does, and Redis' token was not changed since         rotate
 *     one does, and Redis' token was changed since             name
 *     this run has named the current one                       set
 *
 * Where another run named it, and ended before the label, nobody can tell whether Redis takes an older token too. It gets
 * another new one: no token is ever given to it twice, as AWS does not say what ROTATE does with a token that Redis
 * takes already, and refuses SET without a ROTATE before it. Redis keeps the two newest, so the current one stays.
 *
 * @param named the version that this run has let the API read
 */
export function nextStep(situation: Situation, named: string | undefined): Step {
  const { labels, current } = situation
  if (named === current) return { does: 'set', version: current }
  const pending = holderOf(PENDING, labels)
  const following = versionAfter(situation)
  if (pending === undefined || !isAfter(pending, situation)) return { does: 'write', version: following }
  return { does: pending === following ? 'rotate' : 'name', version: pending }
}
