import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { Apis } from './test/api.ts'
import { type Front, startFront } from './test/front.ts'

const apis = new Apis()
let front: Front
beforeAll(async () => {
  front = await startFront({ apis: [await apis.start(apis.folder(), { RELEASE: 'this-one' })] })
})
afterAll(async () => {
  await front.stop()
  await apis.stop()
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command as a user does who has no AWS credentials. */
async function run(...args: string[]): Promise<Ended> {
  const main = path.join(import.meta.dirname, 'main.ts')
  const env = { PATH: process.env['PATH'], HOME: apis.folder(), AWS_EC2_METADATA_DISABLED: 'true' }
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [main, ...args], { env })) }
  } catch (error) {
    // What `execFile` throws for an exit code.
    return error as Ended
  }
}

test('a line for each check, and then how many', async () => {
  const { code, stdout, stderr } = await run(front.url, '--release', 'this-one')
  const lines = stdout.trimEnd().split('\n')

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(lines.at(-1)).toMatch(/^\d\d passed, 0 failed, 1 not checked$/)
  expect(lines.filter((line) => /^✓ .* \(\d+ ms\)$/.test(line))).toHaveLength(lines.length - 2)
})

test('a failure ends with 1', async () => {
  const { code, stdout } = await run(front.url, '--release', 'another')

  expect(code).toBe(1)
  expect(stdout).toMatch(
    /✗ release another answers \(\d+ ms\)\n {4}GET \/metadata \(X-Request-ID \S+\)\n {4}seen: {3}release "this-one"\n {4}wanted: release "another"\n/,
  )
  expect(stdout).toMatch(/\n\d\d passed, 1 failed, 1 not checked\n$/)
})

test('with --json there is a document, and the lines are apart from it', async () => {
  const { code, stdout, stderr } = await run(front.url, '--json')

  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    url: front.url,
    failed: 0,
    notChecked: 1,
    checks: expect.arrayContaining([
      { name: 'a cleared cart is empty', milliseconds: expect.any(Number), outcome: 'passed' },
    ]),
  })
  expect(stderr).toContain('✓ a cleared cart is empty')
})

test('a token goes with every request', async () => {
  const before = front.requests.length
  await run(front.url, '--token', 'a.b.c')
  const sent = front.requests.slice(before).map(({ headers }) => headers.authorization)

  expect(new Set(sent)).toEqual(new Set(['Bearer a.b.c']))
})

test('without AWS credentials nothing is said of the queue', async () => {
  const queue = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders'
  const { code, stdout } = await run(front.url, '--queue-url', queue)

  expect(code).toBe(0)
  expect(stdout).toContain(
    '- the event of the checkout arrives in the queue: not checked, CredentialsProviderError: ',
  )
  expect(stdout).toMatch(/ 0 failed, 2 not checked\n$/)
})

test('a command line that cannot be used ends with 2, and is told what is wanted', async () => {
  const { code, stdout, stderr } = await run('shop.example.com')

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('the url is "shop.example.com"; wanted: http or https')
  expect(stderr).toContain('npm run smoke -- <url> [options]')
})

test('the help is no failure', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--queue-url <url>') })
})
