import { execFile } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const ROOT = path.join(import.meta.dirname, '../../../..')
const PRELOAD = path.join(import.meta.dirname, 'preload.ts')

/** Runs a line of code as an API process would be run. */
function run(code: string, mutant?: string): Promise<{ stdout: string }> {
  return promisify(execFile)(
    process.execPath,
    ['--import', pathToFileURL(PRELOAD).href, '--input-type=module', '--eval', code],
    {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...(mutant === undefined ? {} : { VERIFY_MUTANT: mutant }) },
    },
  )
}

/** Tells in which order a commit and the handing over of its events happen. */
const COMMIT = `
  import { relayed } from './packages/cart-store/src/relay/relayed-store.ts'
  const store = { commit: async () => (console.log('commit'), { kind: 'committed' }) }
  await relayed(store, { offer: () => console.log('offer') }).commit({ outbox: {} }, {})`

test('without a mutant the product does what it does', async () => {
  expect((await run(COMMIT)).stdout).toBe('commit\noffer\n')
})

test('a module is loaded as the mutant has it', async () => {
  expect((await run(COMMIT, 'published-before-the-commit')).stdout).toBe('offer\ncommit\n')
})

test('a script for Redis is read as the mutant has it', async () => {
  const read = `
    import { luaScript } from './packages/cart-store/src/redis/lua-script.ts'
    const { source } = luaScript(new URL('packages/cart-store/src/redis/commit.lua', 'file://' + process.cwd() + '/'))
    console.log(source.includes('if done then'), source.includes('XADD'))`

  expect((await run(read)).stdout).toBe('true true\n')
  expect((await run(read, 'no-token-in-redis')).stdout).toBe('false true\n')
})

test('an unknown mutant ends the process before anything else is done', async () => {
  const failure = await run("console.log('started')", 'none-such').catch((error: unknown) => error)

  expect(failure).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining('VERIFY_MUTANT is "none-such"; wanted: no-version-condition, '),
  })
})
