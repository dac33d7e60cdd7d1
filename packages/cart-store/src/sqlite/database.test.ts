import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreNotOpened } from '../port.ts'
import { openDatabase } from './database.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'database-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('folder and file are made, and can be opened again', () => {
  const file = path.join(folder, 'a', 'b', 'cart.db')

  openDatabase(file, 'full').close()
  const database = openDatabase(file, 'normal')

  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  database.close()
})

test.each([
  ['full', 2],
  ['normal', 1],
] as const)('synchronous %s is what SQLite calls %i', (synchronous, level) => {
  const database = openDatabase(path.join(folder, 'cart.db'), synchronous)

  expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: level })
  database.close()
})

test('a folder that cannot be made is named', () => {
  const file = path.join(folder, 'file')
  writeFileSync(file, '')

  expect(() => openDatabase(path.join(file, 'cart.db'), 'full')).toThrow(StoreNotOpened)
  expect(() => openDatabase(path.join(file, 'cart.db'), 'full')).toThrow(
    `cannot make the data folder ${file}`,
  )
})

test('a file that is no database is refused and left as it is', () => {
  const file = path.join(folder, 'cart.db')
  writeFileSync(file, 'something else '.repeat(100))

  expect(() => openDatabase(file, 'full')).toThrow(/cannot open the database .*file is not a database/)
})

test("another program's database is refused and left as it is", () => {
  const file = path.join(folder, 'cart.db')
  const theirs = new DatabaseSync(file)
  theirs.exec('CREATE TABLE notes (text)')
  theirs.close()

  expect(() => openDatabase(file, 'full')).toThrow(/is a database of another program/)
  const untouched = new DatabaseSync(file)
  expect(untouched.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'notes' }])
  untouched.close()
})

test('a database of a newer release is refused', () => {
  const file = path.join(folder, 'cart.db')
  const newer = openDatabase(file, 'full')
  newer.exec('PRAGMA user_version = 99')
  newer.close()

  expect(() => openDatabase(file, 'full')).toThrow(/was written by a newer Cartwright \(schema 99/)
})
