import { hostname } from 'node:os'
import { DeployProblem } from '../problem.ts'
import type { Tell } from '../tell.ts'
import type { StateBucket } from './bucket.ts'

/** What Terraform writes beside a state while it works on it. */
export interface Lock {
  readonly id: string
  /** `user@host` */
  readonly who: string
  readonly operation: string
  /** When it was taken; NaN where it does not say. */
  readonly since: number
}

/** What is at the end of a lock's name, after the state's. */
export const LOCK_ENDING = '.tflock'

/** @returns undefined where the state is not locked */
export async function readLock(bucket: StateBucket, stateKey: string): Promise<Lock | undefined> {
  const text = await bucket.read(stateKey + LOCK_ENDING)
  if (text === undefined) return undefined
  let found: Readonly<Record<string, unknown>> = {}
  try {
    found = JSON.parse(text) as Record<string, unknown>
  } catch {
    // Somebody else's file of that name locks as well.
  }
  const word = (name: string): string => String(found[name] ?? 'unknown')
  return {
    id: word('ID'),
    who: word('Who'),
    operation: word('Operation')
      .replace(/^OperationType/, '')
      .toLowerCase(),
    since: Date.parse(word('Created')),
  }
}

/** `ID, an apply of user@host, 3 min old` */
export function shownLock({ id, who, operation, since }: Lock, now = Date.now()): string {
  return `${id}, ${operation} of ${who}, ${age(now - since)}`
}

export interface FreeLockOptions {
  readonly stateKey: string
  /** Whether a run of this machine has ended without freeing what it held. */
  readonly wasInterrupted: boolean
  /** The id of the lock that the user takes for nobody's. */
  readonly unlock: string | undefined
  readonly tell: Tell
}

/**
 * Frees the lock that an interrupted run left, or the one that the user names.
 *
 * @throws {DeployProblem} where it may be somebody's
 */
export async function freeLock(bucket: StateBucket, options: FreeLockOptions): Promise<void> {
  const { stateKey, wasInterrupted, unlock, tell } = options
  const lock = await readLock(bucket, stateKey)
  if (lock === undefined) return
  const isOurs = wasInterrupted && lock.who.endsWith(`@${hostname()}`)
  if (!isOurs && unlock !== lock.id) {
    throw new DeployProblem(
      `the state is locked (${shownLock(lock)}); wanted: its end or, if it has ended, --unlock ${lock.id}`,
    )
  }
  await bucket.remove(stateKey + LOCK_ENDING)
  tell(`freed the lock of an interrupted run (${shownLock(lock)})`)
}

function age(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return 'of unknown age'
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  return seconds < 120 ? `${seconds} s old` : `${Math.round(seconds / 60)} min old`
}
