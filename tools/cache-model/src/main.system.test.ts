import { spawnSync } from 'node:child_process'
import path from 'node:path'

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const main = path.join(import.meta.dirname, 'main.ts')
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })
}

test('a protocol that holds ends with 0 and the number of states', () => {
  const { status, stdout, stderr } = run('--writes', '1', '--reads', '1', '--progress')

  expect(stdout).toMatch(/^the protocol: no stale read; complete at depth \d+, \d+ states, /)
  expect(stderr).toMatch(/^depth 1, \d+ states, /)
  expect(status).toBe(0)
})

test('a broken one ends with 1 and a timeline that ends in the stale read', () => {
  const { status, stdout } = run('--reads', '2', '--break', 'fence-before-commit')

  expect(stdout).toMatch(/^without fence-before-commit: stale read: v0 after v1 was known; /)
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^11 {2,}gets v0 from A in epoch 0$/)
  expect(status).toBe(1)
})

test('what it does not understand ends with 2 and the help', () => {
  const { status, stderr } = run('--break', 'everything')

  expect(stderr).toContain('--break is "everything"; wanted: fence-before-commit, ')
  expect(stderr).toContain('--list')
  expect(status).toBe(2)
})
