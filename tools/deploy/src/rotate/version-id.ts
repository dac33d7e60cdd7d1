import { createHash } from 'node:crypto'

/** What a new version of the secret follows. */
export interface Before {
  /** The version that the API reads now. */
  readonly current: string
  /** When the replication group was made. */
  readonly born: Date
  /** When its token was changed last; undefined where it never was. */
  readonly changed: Date | undefined
}

/**
 * The id of the version that follows: it is chosen, and tells what was before. So
 *
 * - two runs that see the same make one version, not two: Secrets Manager writes none over another;
 * - whoever finds it knows whether Redis has got its token since: then the token was changed at another moment than it
 *   tells.
 *
 * @returns 32 to 64 characters, as Secrets Manager wants it
 */
export function versionAfter({ current, born, changed }: Before): string {
  const digest = createHash('sha256').update(current).digest('hex').slice(0, 16)
  return `${stamp(born)}-${changed === undefined ? 'never' : stamp(changed)}-${digest}`
}

/** Whether the version was made to follow the current one, on this group. */
export function isAfter(version: string, { current, born }: Before): boolean {
  const [madeOn, , digest] = version.split('-')
  const [wantedOn, , wanted] = versionAfter({ current, born, changed: undefined }).split('-')
  return madeOn === wantedOn && digest === wanted
}

/** A moment without signs: `20261121T203836000Z`. */
export function stamp(moment: Date): string {
  return moment.toISOString().replace(/[-:.]/g, '')
}
