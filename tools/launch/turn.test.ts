import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { takeTurn } from './turn.mjs'

let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'turn-'))
})

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test('of many who want it, one has it at a time, and each gets it', async () => {
  let holders = 0
  let most = 0
  let turns = 0

  await Promise.all(
    Array.from({ length: 5 }, async () => {
      const turn = await takeTurn(folder, () => undefined)
      holders += 1
      most = Math.max(most, holders)
      await sleep(5)
      holders -= 1
      turns += 1
      turn.end()
    }),
  )

  expect(most).toBe(1)
  expect(turns).toBe(5)
})

test('whoever has to wait is told once, for which process', async () => {
  const turn = await takeTurn(folder, refuse)
  const waitedFor: number[] = []

  const next = takeTurn(folder, (pid) => waitedFor.push(pid))
  await sleep(250) // more than two looks
  turn.end()
  await next

  expect(waitedFor).toEqual([process.pid])
})

test.each([
  ['ended', 'over'],
  ['of a process that is dead', `${deadPid()}@1`],
  ['of a process whose id somebody else has by now', `${process.pid}@1`],
  ['of two processes that are dead', `${deadPid()}@1,${process.pid}@1`],
])('a turn that is %s is not waited for', async (_whose, holders) => {
  symlinkSync(holders, path.join(folder, 'turn-9'))

  const turn = await takeTurn(folder, refuse)
  turn.end()

  expect(readlinkSync(path.join(folder, 'turn-10'))).toBe('over')
})

test('a turn that is shared lasts until the other process has ended, even when its taker has gone', async () => {
  const child = sleeper()
  const turn = await takeTurn(folder, refuse)
  turn.shareWith(Number(child.pid))
  forgetTaker(child)
  const waitedFor: number[] = []

  const next = takeTurn(folder, (pid) => waitedFor.push(pid))
  await sleep(150)
  child.kill('SIGKILL')
  await next

  expect(waitedFor).toEqual([child.pid])
})

test('a process that was killed while it rewrote its turn is no obstacle', async () => {
  symlinkSync('over', path.join(folder, 'turn-3'))
  // Killed between the two steps in which a link is rewritten.
  symlinkSync(`${process.pid}@1`, path.join(folder, 'turn-3.next'))

  const turn = await takeTurn(folder, refuse)
  turn.end()

  expect(readlinkSync(path.join(folder, 'turn-4'))).toBe('over')
})

function refuse(pid: number): void {
  throw new Error(`nobody has to be waited for, least of all process ${pid}`)
}

/** Larger than the largest process id that Linux gives (2^22). */
function deadPid(): number {
  return 2 ** 22 + 1
}

function sleeper(): ChildProcess {
  const child = spawn('sleep', ['30'], { stdio: 'ignore' })
  children.push(child)
  return child
}

/** Leaves only the second holder of the turn, as if this process had been killed. */
function forgetTaker(child: ChildProcess): void {
  const link = path.join(folder, 'turn-1')
  const [, other] = readlinkSync(link).split(',')
  expect(other).toMatch(new RegExp(`^${child.pid}@`))
  rmSync(link)
  symlinkSync(`${process.pid}@1,${other}`, link)
}
