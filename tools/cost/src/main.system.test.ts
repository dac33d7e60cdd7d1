import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command as `npm run cost` does. */
async function run(...args: string[]): Promise<Ended> {
  const main = path.join(import.meta.dirname, 'main.ts')
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args], { env })) }
  } catch (error) {
    // What `execFile` throws for an exit code.
    return error as Ended
  }
}

test('tables to one side, what was made up to the other', async () => {
  const { code, stdout, stderr } = await run('prod')

  expect(code).toBe(0)
  expect(stdout).toContain('The dearest of prod')
  expect(stderr).toMatch(/^prod: made up, as nobody gave it: /)
})

test('twice the same', async () => {
  expect((await run('--json')).stdout).toBe((await run('--json')).stdout)
})

test('a command line that cannot be used ends with 2, and is told what is wanted', async () => {
  const { code, stdout, stderr } = await run('--traffic', 'much')

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('--traffic is "much"; wanted: requests a second')
  expect(stderr).toContain('npm run cost [-- ')
})

test('a folder without stacks ends with 2', async () => {
  expect(await run('--from', import.meta.dirname)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no cdk.tf.json in'),
  })
})

test('the help is no failure', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--traffic <n>') })
})
