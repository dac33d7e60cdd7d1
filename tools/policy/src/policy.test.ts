import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { completed, readEnvironments } from '@cartwright/environments'
import { BadStacks } from '@cartwright/infra/stack-json'
import { stacksOf } from '@cartwright/infra/stacks'
import { exceptionsOf } from './exception.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { judge } from './judge.ts'
import { type Options, readOptions } from './options.ts'
import { policy } from './policy.ts'
import { RULES } from './rules/index.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'policy-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(at: string, text: string): void {
  mkdirSync(path.join(folder, path.dirname(at)), { recursive: true })
  writeFileSync(path.join(folder, at), text)
}

function run(...args: readonly string[]) {
  // No help is asked for.
  return policy(readOptions(args) as Options, {}, () => undefined)
}

const OPEN = JSON.stringify({
  resource: {
    aws_s3_bucket_policy: { open: { policy: '{"Statement":{"Effect":"Allow","Principal":"*"}}' } },
  },
})

describe('the stacks of the repository', () => {
  test.each([[[]], [['--complete']]])('%j: nothing is found, and every exception is needed', async (args) => {
    const { report, isSound } = await run(...args)

    expect(report).toMatch(/\n0 findings, \d+ accepted with a reason, 0 stale exceptions$/)
    expect(isSound).toBe(true)
  })

  test('strictly, nothing is accepted', async () => {
    const { report, isSound } = await run('--strict')

    expect(report).toMatch(/\n[1-9]\d* findings, 0 accepted with a reason, 0 stale exceptions$/)
    expect(isSound).toBe(false)
  })

  test('each exception accepts something in every stack that it counts in', async () => {
    const environments = (await readEnvironments({})).map((one) => completed(one, true).environment)
    const exceptions = exceptionsOf(EXCEPTIONS, environments)

    const { accepted } = judge(stacksOf(environments), RULES, exceptions)

    const idle = exceptions.filter(({ stacks, ...exception }) => {
      const used = accepted.filter(({ exception: { rule, at, breach } }) =>
        [rule, at, breach].every(
          (part, index) => part === [exception.rule, exception.at, exception.breach][index],
        ),
      )
      return !(stacks ?? [undefined]).every((name) =>
        used.some(({ resource }) => name === undefined || resource.stack === name),
      )
    })
    expect(idle).toEqual([])
  })

  test('what nobody gave is made up, and said', async () => {
    const told: string[] = []

    await policy(readOptions([]) as Options, {}, (line) => told.push(line))

    expect(told).toContainEqual(expect.stringMatching(/^prod: made up, as nobody gave it: .*\bdomainName\b/))
    expect(told.join('\n')).not.toMatch(/^dev:/m)
  })
})

describe('a folder of stacks', () => {
  test.each([
    ['stacks/open/cdk.tf.json', ''],
    ['open/cdk.tf.json', ''],
    ['open/cdk.tf.json', 'open'],
  ])('%s is judged', async (at, below) => {
    write(at, OPEN)

    const { report, isSound } = await run('--from', path.join(folder, below), '--format', 'json')

    expect(JSON.parse(report).stacks).toEqual([{ name: 'open', resources: 1 }])
    expect(JSON.parse(report).findings).toContainEqual(
      expect.objectContaining({ rule: 'bucket-policy-closed', address: 'aws_s3_bucket_policy.open' }),
    )
    expect(isSound).toBe(false)
  })

  test('of complete environments has no stale exceptions: whoever made it gave what they wait for', async () => {
    const environments = (await readEnvironments({})).map((one) => completed(one, true).environment)
    for (const { name, json } of stacksOf(environments))
      write(`stacks/${name}/cdk.tf.json`, JSON.stringify(json))

    expect((await run('--from', folder)).report).toMatch(
      /\n0 findings, \d+ accepted with a reason, 0 stale exceptions$/,
    )
  })

  test('without stacks is told', async () => {
    await expect(run('--from', folder)).rejects.toThrow(BadStacks)
    await expect(run('--from', folder)).rejects.toThrow(
      /^there is no cdk\.tf\.json in .*; wanted: a folder that/,
    )
  })

  test('that is not there is told', async () => {
    await expect(run('--from', path.join(folder, 'nowhere'))).rejects.toThrow(BadStacks)
  })

  test.each([
    ['half of one', OPEN.slice(0, 30), /cdk\.tf\.json cannot be read \(.+\); wanted: Terraform's JSON/],
    ['nothing', '', /cannot be read/],
    ['a list', '[]', /^half is no Terraform configuration; wanted: an object with "resource"$/],
    ['resources in a list', '{"resource":[]}', /is no Terraform configuration/],
  ])('with %s is told', async (_, text, message) => {
    write('stacks/half/cdk.tf.json', text)

    await expect(run('--from', folder)).rejects.toThrow(BadStacks)
    await expect(run('--from', folder)).rejects.toThrow(message)
  })

  test('with odd resources is judged, without them', async () => {
    write('odd/cdk.tf.json', '{"resource":{"aws_vpc":3,"aws_lb":{"one":null},"aws_eip":{"two":{}}}}')

    expect(JSON.parse((await run('--from', folder, '--format', 'json')).report).stacks).toEqual([
      { name: 'odd', resources: 1 },
    ])
  })
})

test('SARIF is made of the stacks of the repository', async () => {
  const { runs } = JSON.parse((await run('--format', 'sarif')).report)
  const [{ results }] = runs

  expect(results.length).toBeGreaterThan(0)
  expect(results.filter((one: object) => !('suppressions' in one))).toEqual([])
  expect(
    results.filter(
      ({ locations }: { readonly locations: readonly object[] }) =>
        !('physicalLocation' in (locations[0] ?? {})),
    ),
  ).toEqual([])
})
