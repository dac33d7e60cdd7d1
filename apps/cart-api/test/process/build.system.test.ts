import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const BUILD = path.join(import.meta.dirname, '../../build.ts')
const HOUR = 3600

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-build-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a build leaves only what it made, and what a build of the last day made: a process may still load it', () => {
  build()
  const made = readdirSync(folder)
  // What is made again and again stays, however long ago it changed.
  for (const name of made) setAge(name, 48 * HOUR)
  leave('chunk-LONGGONE.js', 25 * HOUR)
  leave('main.js.4711', 25 * HOUR)
  leave('chunk-JUSTGONE.js', 23 * HOUR)
  leave('mine.js', 48 * HOUR)

  build()

  expect(made).toEqual(expect.arrayContaining(['main.js', expect.stringMatching(/^jwt-\w+\.js$/)]))
  expect(readdirSync(folder).toSorted()).toEqual([...made, 'chunk-JUSTGONE.js', 'mine.js'].toSorted())
  expect(made.filter((name) => ageOf(name) > HOUR)).toEqual([])
})

function build(): void {
  execFileSync(process.execPath, [BUILD, folder], { stdio: 'pipe' })
}

function leave(name: string, age: number): void {
  writeFileSync(path.join(folder, name), '')
  setAge(name, age)
}

/** In seconds since it was last made. */
function setAge(name: string, age: number): void {
  const then = Date.now() / 1000 - age
  utimesSync(path.join(folder, name), then, then)
}

function ageOf(name: string): number {
  return (Date.now() - statSync(path.join(folder, name)).mtimeMs) / 1000
}
