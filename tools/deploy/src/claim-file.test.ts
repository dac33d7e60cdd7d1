import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { aliveIn, claimFile } from './claim-file.ts'
import { markOf } from './mark.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'claim-file-'))
  file = path.join(folder, 'claim.json')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The parent's id, which another process had before. */
const dead = (name: string): string => JSON.stringify({ pid: process.ppid, began: name })
const own = JSON.stringify(markOf(process.pid))
const others = JSON.stringify(markOf(process.ppid))

test('a file that is not there is made', () => {
  expect(claimFile(file, own, aliveIn)).toBeUndefined()

  expect(readFileSync(file, 'utf8')).toBe(own)
  expect(readdirSync(folder)).toEqual(['claim.json'])
})

test('another one’s stays as it is', () => {
  writeFileSync(file, others)

  expect(claimFile(file, own, aliveIn)).toEqual(JSON.parse(others))

  expect(readFileSync(file, 'utf8')).toBe(others)
  expect(readdirSync(folder)).toEqual(['claim.json'])
})

describe('a dead one’s', () => {
  const behind = (text: string): string =>
    `${file}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`

  test('is replaced, also where who replaced it before was killed at that', () => {
    writeFileSync(file, dead('first'))
    writeFileSync(behind(dead('first')), dead('second'))

    expect(claimFile(file, own, aliveIn)).toBeUndefined()

    expect(readFileSync(file, 'utf8')).toBe(own)
    expect(readdirSync(folder)).toEqual(['claim.json'])
  })

  test('is left to who replaces it at the moment', () => {
    writeFileSync(file, dead('first'))
    writeFileSync(behind(dead('first')), others)

    expect(claimFile(file, own, aliveIn)).toEqual(JSON.parse(others))

    expect(readFileSync(file, 'utf8')).toBe(dead('first'))
  })
})
