import type { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../port.ts'
import { isBusy, outcomeOfFailedCommit, unavailable } from './database.ts'

interface Waiting<Result> {
  /** Does the work inside the transaction. A throw undoes the whole transaction. */
  readonly work: () => Result
  /** By `performance.now()`. */
  readonly deadline: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: StoreUnavailable) => void
}

/** The most commits in one transaction: bounds how long the event loop stands still. */
const LARGEST_GROUP = 256
/** Milliseconds between two attempts for a lock that another process holds; the half of it is jitter. */
const BUSY_PAUSE = 4

/**
 * Carries the commits that arrive in one turn of the event loop to disk in one SQLite transaction, so that one
 * flush serves them all.
 *
 * ```
 * turn n     request a: work queued   request b: work queued   request c: work queued
 * turn n+1   BEGIN IMMEDIATE  a  b  c  COMMIT (one flush)  → answers to a, b, c
 * ```
 *
 * Each work checks its conditions and writes only if all hold, so a refused one leaves nothing to undo. When
 * something else fails (a full disk), the transaction is rolled back and each work gets one of its own: whoever
 * can succeed alone does.
 */
export class GroupCommit {
  readonly #database: DatabaseSync
  #waiting: Waiting<unknown>[] = []
  #scheduled = false
  #closed = false
  readonly #idle = Promise.withResolvers<void>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Runs the work in a transaction and answers when it is on disk. */
  run<Result>(deadline: number, work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(
          new StoreUnavailable('sqlite: the store is closed', { outcome: 'none', reason: 'unreachable' }),
        )
        return
      }
      // The queue holds works of every result type; each resolve only ever gets its own work's result.
      this.#waiting.push({ work, deadline, resolve, reject } as Waiting<unknown>)
      this.#schedule()
    })
  }

  /** Takes no more work and waits for what is queued. */
  close(): Promise<void> {
    this.#closed = true
    if (this.#waiting.length === 0) this.#idle.resolve()
    return this.#idle.promise
  }

  #schedule(pause?: number): void {
    if (this.#scheduled) return
    this.#scheduled = true
    const flush = (): void => {
      this.#scheduled = false
      this.#flush()
    }
    if (pause === undefined) setImmediate(flush)
    else setTimeout(flush, pause)
  }

  #flush(): void {
    this.#dropLate()
    const group = this.#waiting.splice(0, LARGEST_GROUP)
    if (group.length > 0) this.#commitGroup(group)
    if (this.#waiting.length > 0) this.#schedule()
    else if (this.#closed) this.#idle.resolve()
  }

  #commitGroup(group: Waiting<unknown>[]): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
    } catch (error) {
      if (isBusy(error)) {
        this.#waiting.unshift(...group)
        this.#schedule(BUSY_PAUSE * (0.5 + Math.random()))
        return
      }
      for (const { reject } of group) reject(unavailable(error))
      return
    }
    let results: unknown[]
    let committing = false
    try {
      results = group.map(({ work }) => work())
      committing = true
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#rollBack()
      this.#afterFailure(group, error, committing)
      return
    }
    for (const [index, { resolve }] of group.entries()) resolve(results[index])
  }

  #rollBack(): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself, as it does when the disk fails; the works are told of the first error.
    }
  }

  #afterFailure(group: Waiting<unknown>[], error: unknown, committing: boolean): void {
    const outcome = committing ? outcomeOfFailedCommit(error) : 'none'
    const [first] = group
    if (outcome === 'none' && group.length > 1) {
      for (const one of group) this.#commitGroup([one])
    } else if (group.length === 1 && first !== undefined) {
      first.reject(unavailable(error, outcome))
    } else {
      for (const { reject } of group) reject(unavailable(error, outcome))
    }
  }

  #dropLate(): void {
    const now = performance.now()
    this.#waiting = this.#waiting.filter(({ deadline, reject }) => {
      if (deadline > now) return true
      reject(
        new StoreUnavailable('sqlite: the commit had no turn before the deadline', {
          outcome: 'none',
          reason: 'contention',
        }),
      )
      return false
    })
  }
}
