import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { DeployProblem } from '../problem.ts'
import type { Tell } from '../tell.ts'
import type { StateBucket } from './bucket.ts'
import type { LockTable } from './lock-table.ts'

/** What Terraform writes beside a state while it works on it. */
export interface Lock {
  readonly id: string
  /** `user@host` */
  readonly who: string
  readonly operation: string
  /** When it was taken; NaN where it does not say. */
  readonly since: number
}

/** Where a state is, and what locks it. */
export interface LockedState {
  readonly bucket: StateBucket
  readonly stateKey: string
  /** Where it is locked as well. @default nowhere */
  readonly table?: LockTable | undefined
}

/** Within which Terraform takes its lock, in milliseconds: it loads its provider before. */
const BEGINNING = 60_000

/** What is at the end of a lock's name, after the state's. */
export const LOCK_ENDING = '.tflock'

/** @returns undefined where the state is not locked */
export async function readLock({ bucket, stateKey, table }: LockedState): Promise<Lock | undefined> {
  return (await readLocks({ bucket, stateKey, table }))[0]
}

/** That of the bucket, then that of the table: one run takes both, but it may have been killed in between. */
async function readLocks({ bucket, stateKey, table }: LockedState): Promise<readonly Lock[]> {
  const texts = [await bucket.read(stateKey + LOCK_ENDING), await table?.lockOf(rowOf({ bucket, stateKey }))]
  return texts.flatMap((text) => (text === undefined ? [] : [lockIn(text)]))
}

function lockIn(text: string): Lock {
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
  /** When the Terraform of this folder began that ended without freeing what it held. @default it freed everything */
  readonly interrupted: number | undefined
  /** The id of the lock that the user takes for nobody's. */
  readonly unlock: string | undefined
  readonly tell: Tell
  /** Called before it is freed: what has to be remembered if this run ends here. */
  readonly remember?: (lock: Lock) => Promise<void>
}

/**
 * Frees the lock that an interrupted run left, or the one that the user names.
 *
 * @throws {DeployProblem} where it may be somebody's
 */
export async function freeLock(state: LockedState, options: FreeLockOptions): Promise<void> {
  const { interrupted, unlock, tell, remember } = options
  const locks = await readLocks(state)
  const [lock] = locks
  if (lock === undefined) return
  const foreign = locks.find((one) => !isOf(one, interrupted) && unlock !== one.id)
  if (foreign !== undefined) {
    throw new DeployProblem(
      `the state is locked (${shownLock(foreign)}); wanted: its end or, if it has ended, --unlock ${foreign.id}`,
    )
  }
  await remember?.(lock)
  await correctDigest(state, tell)
  await state.table?.free(rowOf(state))
  // Comes last: as long as it is there, the next run does all of this again.
  await state.bucket.remove(state.stateKey + LOCK_ENDING)
  tell(`freed the lock of an interrupted run (${shownLock(lock)})`)
}

/**
 * Notes the digest of the state that is there. Terraform reads no other, and a state that is lost, was brought back, or
 * was written by a run that was killed before it noted it, has another.
 */
export async function correctDigest({ bucket, stateKey, table }: LockedState, tell: Tell): Promise<void> {
  if (table === undefined) return
  const text = await bucket.read(stateKey)
  const digest = text === undefined ? undefined : createHash('md5').update(text).digest('hex')
  if (await table.correct(rowOf({ bucket, stateKey }), digest)) {
    tell('corrected the digest that is noted of the state')
  }
}

/** How Terraform names a state in the table. */
function rowOf({ bucket, stateKey }: Pick<LockedState, 'bucket' | 'stateKey'>): string {
  return `${bucket.name}/${stateKey}`
}

/**
 * Whether it is the lock of an interrupted run: it was taken on this machine, when that run began. One that was taken later
 * is somebody's who works in another folder here.
 */
function isOf({ who, since }: Lock, interrupted: number | undefined): boolean {
  if (interrupted === undefined || !who.endsWith(`@${hostname()}`)) return false
  return Math.abs(since - interrupted) < BEGINNING
}

function age(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return 'of unknown age'
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  return seconds < 120 ? `${seconds} s old` : `${Math.round(seconds / 60)} min old`
}
