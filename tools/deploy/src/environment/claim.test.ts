import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { markOf } from '../mark.ts'
import { DeployProblem } from '../problem.ts'
import { claim } from './claim.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'claim-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a folder is one process’s until it gives it back', async () => {
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = once(other, 'exit')
  writeFileSync(path.join(folder, 'command.json'), JSON.stringify(markOf(other.pid ?? 0)))

  expect(() => claim(folder)).toThrow(DeployProblem)
  expect(() => claim(folder)).toThrow(
    `process ${other.pid} works in ${folder} at the moment; wanted: its end`,
  )

  other.stdin.end()
  await ended
  const release = claim(folder)
  release()

  expect(existsSync(path.join(folder, 'command.json'))).toBe(false)
})

test('a file that was never written to its end holds nothing', () => {
  writeFileSync(path.join(folder, 'command.json'), '')

  expect(() => claim(folder)).not.toThrow()
})

test('a process that got the id of one that has ended holds nothing', () => {
  writeFileSync(path.join(folder, 'command.json'), JSON.stringify({ pid: process.ppid, began: 'before' }))

  expect(() => claim(folder)).not.toThrow()
})
