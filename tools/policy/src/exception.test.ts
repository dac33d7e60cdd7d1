import { completed, type Environment, readEnvironments } from '@cartwright/environments'
import type { Resource } from '@cartwright/infra/stack-json'
import { type Accepted, covers, exceptionsOf } from './exception.ts'
import { EXCEPTIONS } from './exceptions.ts'
import { RULES } from './rules/index.ts'

let environments: readonly Environment[]

beforeAll(async () => {
  environments = await readEnvironments({})
})

function accepting(more: Partial<Accepted>): Accepted {
  return {
    rule: 'topic-heard',
    at: '**',
    reason: 'a trial',
    owner: 'design',
    accepted: '2026-11-22',
    ...more,
  }
}

function resourceAt(path: string, stack = 'dev'): { readonly resource: Resource } {
  const address = 'aws_door.one'
  return { resource: { stack, type: 'aws_door', id: 'one', address, path, block: {}, trace: [] } }
}

test.each([
  ['network/vpc', 'network/vpc', true],
  ['network/vpc', 'network/vpc-b', false],
  ['network/vpc', 'other/network/vpc', false],
  ['network/*', 'network/subnet-a', true],
  ['network/*', 'network/endpoints/group', false],
  ['network/*/group', 'network/endpoints/group', true],
  ['network/subnet-*', 'network/subnet-a', true],
  ['network/subnet-*', 'network/subnet', false],
  ['**', 'network/endpoints/group', true],
  ['network/**', 'network/endpoints/group', true],
  ['network/**', 'cache/group', false],
  ['**/group', 'network/endpoints/group', true],
  ['a.b/c', 'aXb/c', false],
  ['a(b)/[c]', 'a(b)/[c]', true],
])('%s and the path %s: %s', (at, path, isMeant) => {
  expect(covers(accepting({ at }), resourceAt(path))).toBe(isMeant)
})

test('an exception of some stacks covers nothing of the others', () => {
  const exception = accepting({ stacks: ['dev', 'staging'] })

  expect(covers(exception, resourceAt('network/vpc', 'staging'))).toBe(true)
  expect(covers(exception, resourceAt('network/vpc', 'prod'))).toBe(false)
})

describe('an exception of environments', () => {
  const waiting = accepting({
    owner: 'alarmEmails',
    where: ({ name, alarmEmails = [] }) => name !== 'staging' && alarmEmails.length === 0,
  })

  test('counts where their files say so', () => {
    const given = environments.map((one) =>
      one.name === 'prod' ? { ...one, alarmEmails: ['ops@example.com'] } : { ...one, alarmEmails: [] },
    )

    expect(exceptionsOf([waiting], given)).toEqual([{ ...waiting, stacks: ['dev'] }])
  })

  test('is gone where none does', () => {
    const given = environments.map((one) => completed(one, true).environment)

    expect(exceptionsOf([waiting], given)).toEqual([])
  })

  test('is not asked of what counts everywhere', () => {
    const always = accepting({ owner: 'alarmEmails' })

    expect(exceptionsOf([always], environments)).toEqual([always])
  })
})

test('production is protected by no name, but by what it is', () => {
  const weak = environments.map((one) => ({ ...one, deletionProtection: false, ecsExec: true }))
  const accepted = exceptionsOf(EXCEPTIONS, weak).filter(({ stacks }) => stacks?.includes('prod'))

  expect(accepted.map(({ rule }) => rule)).not.toContain('table-deletion-protected')
  expect(accepted.map(({ rule }) => rule)).not.toContain('service-shells-off')
})

test('an environment that is copied from another has what is accepted of it', () => {
  const [staging] = environments.filter(({ name }) => name === 'staging')
  const both = [staging, { ...staging, name: 'preview' }] as readonly Environment[]

  for (const { stacks } of exceptionsOf(EXCEPTIONS, both))
    if (stacks !== undefined) expect(stacks).toEqual(['staging', 'preview'])
})

test('every exception names a rule, a reason and a day', () => {
  const rules = RULES.map(({ id }) => id)

  expect(EXCEPTIONS.filter(({ rule }) => !rules.includes(rule))).toEqual([])
  expect(
    EXCEPTIONS.filter(({ reason, accepted }) => reason === '' || !/^\d{4}-\d\d-\d\d$/.test(accepted)),
  ).toEqual([])
})
