import { existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreNotOpened, StoreUnavailable } from '../port.ts'

/**
 * What an acknowledged change survives (https://sqlite.org/pragma.html#pragma_synchronous, in WAL mode):
 * - `full`: a crash of the process and a power cut; the log is flushed to disk before the answer.
 * - `normal`: a crash of the process; a power cut may take the last changes, never tear one in two.
 */
export type Synchronous = 'full' | 'normal'

/** Marks our files (`PRAGMA application_id`): "CART". */
const APPLICATION_ID = 0x43415254

/** Each entry carries a database from the version of its index to the next one; entries are only ever added. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE carts (
    id TEXT PRIMARY KEY, incarnation TEXT NOT NULL, version INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, document TEXT NOT NULL
  );
  CREATE INDEX carts_by_expiry ON carts (expires_at);
  CREATE TABLE orders (id TEXT PRIMARY KEY, document TEXT NOT NULL);
  CREATE TABLE answers (
    cart_id TEXT NOT NULL, key TEXT NOT NULL, expires_at INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (cart_id, key)
  );
  CREATE INDEX answers_by_expiry ON answers (expires_at);
  CREATE TABLE outbox (
    id TEXT PRIMARY KEY, cart_id TEXT NOT NULL, created_at INTEGER NOT NULL, events TEXT NOT NULL
  );
  CREATE INDEX outbox_by_age ON outbox (created_at);
  `,
]

const WRITABLE = 'wanted: a folder that this user may write to'

/** How long opening waits for another process that is opening the same file, in milliseconds. */
const OPENING_WAIT = 5_000

/**
 * Opens the file, makes it and its folder where they are missing, and brings its tables up to date.
 *
 * @throws {StoreNotOpened} when folder or file cannot be used, with the reason.
 */
export function openDatabase(file: string, synchronous: Synchronous): DatabaseSync {
  try {
    makeFolder(path.dirname(file))
  } catch (cause) {
    const folder = path.dirname(file)
    throw new StoreNotOpened(`cannot make the data folder ${folder}: ${reasonOf(cause)}; ${WRITABLE}`, {
      cause,
    })
  }
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file, { timeout: OPENING_WAIT })
    prepareFile(database, file, synchronous)
    return database
  } catch (cause) {
    database?.close()
    if (cause instanceof StoreNotOpened) throw cause
    const denied = [CANTOPEN, READONLY].includes(resultCode(cause) ?? 0)
    const reason = denied ? `${reasonOf(cause)}; ${WRITABLE}` : reasonOf(cause)
    throw new StoreNotOpened(`cannot open the database ${file}: ${reason}`, { cause })
  }
}

/** By hand, because with `recursive` Node 24 tries for ever where a folder refuses with ENOENT, as those in /proc do. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return
  const parent = path.dirname(folder)
  if (!existsSync(parent)) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process that starts on the same folder may have been faster.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(name: string): boolean {
  return statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function prepareFile(database: DatabaseSync, file: string, synchronous: Synchronous): void {
  // Under the lock: what another process has half done when both open a new file cannot be told from a foreign file.
  database.exec('BEGIN IMMEDIATE')
  const found = readNumber(database, 'application_id')
  const tables = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']
  if (found !== APPLICATION_ID && tables !== 0) {
    throw new StoreNotOpened(
      `${file} is a database of another program; wanted: one of Cartwright's, or none yet`,
    )
  }
  const version = readNumber(database, 'user_version')
  if (version > MIGRATIONS.length) {
    throw new StoreNotOpened(
      `${file} was written by a newer Cartwright (schema ${version}, known here: up to ${MIGRATIONS.length})`,
    )
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration)
  if (version < MIGRATIONS.length) database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
  if (version < MIGRATIONS.length) touch(database)
  database.exec('COMMIT')

  // With WAL, readers and the writer never wait for each other, and a commit costs one flush instead of two.
  whenFree(() => database.exec('PRAGMA journal_mode = WAL'))
  database.exec(`PRAGMA synchronous = ${synchronous}`)
  // On macOS a plain fsync leaves data in the drive's cache; elsewhere these change nothing.
  database.exec('PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON')
  // From here on a lock held by another process is waited for without blocking the event loop.
  database.exec('PRAGMA busy_timeout = 0')
}

/** Writes the number of our tables' version, also where it is there already: the smallest change of the file. */
export function touch(database: DatabaseSync): void {
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
}

/** Tries until no other process is in the way. Changing the journal's mode is what SQLite itself does not wait for. */
function whenFree(work: () => void): void {
  const waiting = new Int32Array(new SharedArrayBuffer(4))
  for (const began = performance.now(); ; ) {
    try {
      work()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() - began > OPENING_WAIT) throw error
      // Blocking, as all of opening is: the process has nothing else to do yet.
      Atomics.wait(waiting, 0, 0, 1 + Math.random() * 10)
    }
  }
}

function readNumber(database: DatabaseSync, pragma: string): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma])
}

/** Result codes of SQLite (https://sqlite.org/rescode.html); the low byte of an extended code. */
const BUSY = 5
const READONLY = 8
const IOERR = 10
const CANTOPEN = 14

function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

/** Whether another process holds the lock that was wanted. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY
}

/** What a failed COMMIT leaves behind: only where the disk itself failed is it unknown what reached it. */
export function outcomeOfFailedCommit(error: unknown): StoreUnavailable['outcome'] {
  return resultCode(error) === IOERR ? 'unknown' : 'none'
}

/** The error as the port promises it. */
export function unavailable(cause: unknown, outcome: StoreUnavailable['outcome'] = 'none'): StoreUnavailable {
  if (cause instanceof StoreUnavailable) return cause
  const reason = isBusy(cause) ? 'contention' : 'unreachable'
  return new StoreUnavailable(`sqlite: ${reasonOf(cause)}`, { outcome, reason, cause })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
