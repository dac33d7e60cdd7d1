import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { RunningFile } from './running.ts'

let folder: string
let running: RunningFile

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'running-'))
  running = new RunningFile(folder)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a run that ended by itself leaves nothing to wait for', async () => {
  running.write(process.pid)
  running.remove()

  expect(await running.settled(() => undefined)).toBeUndefined()
})

test('what an interrupted run left is waited for', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const ended = once(child, 'exit')
  running.write(child.pid ?? 0)
  const told: string[] = []

  const settled = running.settled((line) => {
    told.push(line)
    child.stdin.end()
  })

  expect(Date.now() - ((await settled) ?? 0)).toBeLessThan(60_000)
  expect(told).toEqual([`waiting for the Terraform of an interrupted run (process ${child.pid})`])
  await ended
})

test('a file that was never written to its end is no run', async () => {
  writeFileSync(path.join(folder, 'running.json'), '{"pid":')

  expect(await running.settled(() => undefined)).toBeUndefined()
})
