import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Figures } from './figures.ts'

const MAIN = path.join(import.meta.dirname, 'main.ts')
const bench = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  promisify(execFile)(process.execPath, [MAIN, ...args], { env })

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'bench-test-'))
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

test('a quick run measures both servers in every scenario, ends, and leaves no file behind', async () => {
  const json = path.join(scratch, 'figures.json')

  const { stdout } = await bench(['--quick', '--connections', '8', '--json', json], {
    ...process.env,
    TMPDIR: scratch,
  })

  expect(stdout).toContain('aims')
  // Written by the run just now.
  const { scenarios, starts, synth } = JSON.parse(readFileSync(json, 'utf8')) as Figures
  expect(scenarios.map(({ name }) => name)).toEqual([
    ...['get', 'post', 'post-normal'],
    ...['redis-get', 'redis-post'],
    ...['dynamodb-get', 'dynamodb-post'],
    ...['cached-get', 'cached-post'],
  ])
  for (const { cartApi, bare, cpuRatio } of scenarios) {
    for (const { min } of [...Object.values(cartApi), ...Object.values(bare), cpuRatio]) {
      expect(min).toBeGreaterThan(0)
    }
  }
  expect(starts[0]?.milliseconds.min).toBeGreaterThan(0)
  expect(synth.ratio.min).toBeGreaterThan(0)
  expect(readdirSync(scratch)).toEqual(['figures.json'])
}, 120_000)

test('a wrong option is one line with what is wanted, then the help', async () => {
  const failure = await bench(['--rounds', 'many']).catch((error: unknown) => error)

  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^--rounds is "many"; wanted: a whole number from 1 to 9999\n\nnpm run bench/,
    ),
  })
})
