import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BadOptions } from '@cartwright/deploy/program'
import { cost } from './cost.ts'
import { type Options, readOptions } from './options.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cost-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What a command line tells, and what it says of what it made up. */
async function run(
  ...args: string[]
): Promise<{ readonly report: string; readonly told: readonly string[] }> {
  const told: string[] = []
  const report = await cost(readOptions(args) as Options, {}, (line) => told.push(line))
  return { report, told }
}

/** A folder with a stack of one NAT gateway and its output. */
function stack(name: string, region: string, resource: object): void {
  mkdirSync(path.join(folder, 'stacks', name), { recursive: true })
  writeFileSync(
    path.join(folder, 'stacks', name, 'cdk.tf.json'),
    JSON.stringify({ provider: { aws: [{ region }] }, resource }),
  )
}

const NAT = { aws_nat_gateway: { one: { '//': { metadata: { path: 'small/network/nat' } } } } }

describe('the repository', () => {
  test('has its environments side by side, the dearest last, and says what it made up', async () => {
    const { report, told } = await run()

    expect(report).toMatch(/^ +dev fixed +by use +staging fixed +by use +prod fixed +by use$/m)
    expect(report).toMatch(/The dearest of prod\n +532\.17 {2}fixed +cache\/redis +3 × cache\.r7g\.large\n/)
    expect(report).toMatch(/one NAT gateway \(natGateways\) +- +- +77\.38\n {6}When its zone fails/)
    expect(told).toEqual([expect.stringMatching(/^prod: made up, as nobody gave it: domainName/)])
  })

  test('one of its environments, as a document: the fixed part is what the stack tells', async () => {
    const { stacksOf } = await import('@cartwright/infra/stacks')
    const { completed, readEnvironments } = await import('@cartwright/environments')
    const stacks = stacksOf((await readEnvironments({})).map((one) => completed(one).environment))
    const output = stacks.find(({ name }) => name === 'prod')?.json['output']

    const { environments, requestsPerSecond } = JSON.parse(
      (await run('prod', '--traffic', '50', '--json')).report,
    )

    expect(requestsPerSecond).toBe(50)
    expect(environments).toHaveLength(1)
    expect(output).toHaveProperty('estimated_monthly_cost.value', environments[0].fixed.toFixed(2))
    expect(environments[0].total).toBeCloseTo(environments[0].fixed + environments[0].use, 1)
  })

  test('all lines and assumptions where they are wanted', async () => {
    const { report } = await run('dev', '--verbose')

    expect(report).toMatch(/network\/nat-a +NAT gateway +730 h +nat-hour/)
    expect(report).toMatch(/0\.3 +of requests +change a cart/)
    expect((await run('dev')).report).not.toContain('nat-hour')
  })

  test('another name than its environments have is refused', async () => {
    await expect(run('pord')).rejects.toThrow(
      new BadOptions('there is no environment "pord"; wanted: one of dev, prod, staging'),
    )
  })
})

describe('a folder', () => {
  test('is priced as it is, without what could be saved', async () => {
    stack('small', 'eu-west-1', NAT)
    stack('state-backend', 'eu-west-1', {})

    const { report } = await run('--from', folder, '--traffic', '0')

    expect(report).toMatch(/^network +35\.04 +-$/m)
    expect(report).not.toContain('saved')
    expect(report).not.toContain('state-backend')
  })

  test('of another region is told that the prices are not its own', async () => {
    stack('small', 'us-east-1', NAT)

    expect((await run('--from', folder)).report).toContain(
      "small is in us-east-1: its prices differ from these, which are Ireland's (eu-west-1).",
    )
  })

  test('with something that nobody knows says what is not counted', async () => {
    stack('small', 'eu-west-1', { ...NAT, aws_instance: { one: {} } })

    expect((await run('--from', folder)).report).toContain(
      'small: aws_instance.one is not counted: there is no price of aws_instance',
    )
  })
})
