import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { openDatabase } from './database.ts'
import { GroupCommit } from './group-commit.ts'

let folder: string
let database: DatabaseSync
let file: string
const soon = (): number => performance.now() + 5_000

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'group-commit-'))
  file = path.join(folder, 'test.db')
  database = openDatabase(file, 'full')
})

afterEach(() => {
  if (database.isOpen) database.close()
  rmSync(folder, { recursive: true })
})

const put =
  (id: string, text = 'x') =>
  (): void => {
    database.prepare('INSERT INTO orders (id, document) VALUES (?, ?)').run(id, text)
  }
const stored = (): unknown[] =>
  database
    .prepare('SELECT id FROM orders ORDER BY id')
    .all()
    .map((row) => row['id'])

test('what arrives in one turn of the event loop shares a transaction', async () => {
  const commits = new GroupCommit(database)
  const begun = jest.spyOn(database, 'exec')

  await Promise.all(['a', 'b', 'c'].map((id) => commits.run(soon(), put(id))))

  expect(begun.mock.calls.map(([sql]) => sql)).toEqual(['BEGIN IMMEDIATE', 'COMMIT'])
  expect(stored()).toEqual(['a', 'b', 'c'])
})

test('a work that fails takes nobody else along and leaves nothing behind', async () => {
  const commits = new GroupCommit(database)
  const failing = (): void => {
    put('half')()
    throw new Error('broken')
  }

  const results = await Promise.allSettled([
    commits.run(soon(), put('a')),
    commits.run(soon(), failing),
    commits.run(soon(), put('b')),
  ])

  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(stored()).toEqual(['a', 'b'])
})

test('a full disk refuses what does not fit, certainly not applied, and nothing else', async () => {
  const commits = new GroupCommit(database)
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number }
  database.exec(`PRAGMA max_page_count = ${pages + 2}`)

  const results = await Promise.allSettled([
    commits.run(soon(), put('small')),
    commits.run(soon(), put('large', 'x'.repeat(100_000))),
  ])
  database.exec('PRAGMA max_page_count = 1000000')
  await commits.run(soon(), put('later'))

  expect(results[0]).toMatchObject({ status: 'fulfilled' })
  expect(results[1]).toMatchObject({
    status: 'rejected',
    reason: { name: 'StoreUnavailable', outcome: 'none', reason: 'unreachable' },
  })
  expect(stored()).toEqual(['later', 'small'])
})

test('a lock of another process is waited for without blocking the event loop', async () => {
  const commits = new GroupCommit(database)
  const other = openDatabase(file, 'full')
  other.exec('BEGIN IMMEDIATE')

  const waiting = commits.run(soon(), put('a'))
  // Runs only because the waiting does not block: this very event loop has to end the other's transaction.
  setTimeout(() => other.exec('COMMIT'), 30)
  await waiting
  other.close()

  expect(stored()).toEqual(['a'])
})

test('a lock that is held until the deadline is contention, certainly not applied', async () => {
  const commits = new GroupCommit(database)
  const other = openDatabase(file, 'full')
  other.exec('BEGIN IMMEDIATE')

  const waiting = commits.run(performance.now() + 20, put('a'))

  await expect(waiting).rejects.toMatchObject({ outcome: 'none', reason: 'contention' })
  other.exec('COMMIT')
  other.close()
  expect(stored()).toEqual([])
})

test('closing waits for what is queued and takes nothing new', async () => {
  const commits = new GroupCommit(database)

  const queued = commits.run(soon(), put('a'))
  const closing = commits.close()
  const late = commits.run(soon(), put('b'))

  await expect(late).rejects.toMatchObject({ outcome: 'none' })
  await Promise.all([queued, closing])
  expect(stored()).toEqual(['a'])
})
