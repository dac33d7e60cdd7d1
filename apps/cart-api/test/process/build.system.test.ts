import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const PACKAGE = path.join(import.meta.dirname, '../..')
const DIST = path.join(PACKAGE, 'dist')
const HOUR = 3600
/** Files that no build makes; others may be building into the same folder. */
const [LONG_GONE, JUST_GONE] = [path.join(DIST, 'chunk-LONGGONE.js'), path.join(DIST, 'chunk-JUSTGONE.js')]

afterEach(() => {
  for (const file of [LONG_GONE, JUST_GONE]) rmSync(file, { force: true })
})

test('a build removes what has not been made for a day, and nothing that a running process may still load', () => {
  mkdirSync(DIST, { recursive: true })
  leave(LONG_GONE, 25 * HOUR)
  leave(JUST_GONE, 23 * HOUR)
  build()
  const made = filesIn(DIST).filter((file) => file !== JUST_GONE && ageOf(file) < HOUR)
  // What is made again and again stays, however long ago it changed.
  for (const file of made) setAge(file, 48 * HOUR)

  build()

  expect(existsSync(LONG_GONE)).toBe(false)
  expect(existsSync(JUST_GONE)).toBe(true)
  expect(made.map((file) => path.basename(file))).toEqual(
    expect.arrayContaining(['main.js', expect.stringMatching(/^jwt-\w+\.js$/)]),
  )
  expect(made.filter((file) => ageOf(file) > HOUR)).toEqual([])
})

function build(): void {
  execFileSync(process.execPath, ['build.ts'], { cwd: PACKAGE, stdio: 'pipe' })
}

function leave(file: string, age: number): void {
  writeFileSync(file, '')
  setAge(file, age)
}

/** In seconds. */
function setAge(file: string, age: number): void {
  const then = Date.now() / 1000 - age
  utimesSync(file, then, then)
}

/** In seconds; a file that is not there is older than any. */
function ageOf(file: string): number {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return (Date.now() - written) / 1000
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => path.join(folder, name))
}
