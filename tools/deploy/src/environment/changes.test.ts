import type { ResourceChange } from '../terraform/plan.ts'
import { shownChanges } from './changes.ts'
import { lostIn } from './loss.ts'

type Change = Partial<ResourceChange['change']>

function planOf(type: string, change: Change, more: Partial<ResourceChange> = {}) {
  const whole = { actions: ['update'], before: {}, after: {}, after_unknown: {}, ...change } as const
  return {
    resource_changes: [{ address: `${type}.it`, mode: 'managed', type, change: whole, ...more }],
  } as const
}

const shown = (change: Change): readonly string[] => shownChanges(planOf('aws_lb', change))

test('what is made is a line', () => {
  expect(shown({ actions: ['create'], before: null, after: { name: 'a' } })).toEqual(['  + aws_lb.it'])
})

test('what changes tells each attribute that differs, wherever it stands', () => {
  const before = { name: 'same', size: 1, rules: [{ port: 80 }, { port: 443 }], gone: 'x' }
  const after = { name: 'same', size: 2, rules: [{ port: 80 }, { port: 8443 }], gone: null }

  expect(shown({ before, after })).toEqual([
    '  ~ aws_lb.it',
    '      size: 1 → 2',
    '      rules.1.port: 443 → 8443',
    '      gone: "x" → nothing',
  ])
})

test('what only the apply will tell is told as such', () => {
  expect(
    shown({ before: { arn: 'a', tags: {} }, after: { tags: {} }, after_unknown: { arn: true } }),
  ).toEqual(['  ~ aws_lb.it', '      arn: "a" → known after it'])
})

test('a replacement names its cause', () => {
  const change: Change = {
    actions: ['delete', 'create'],
    before: { zone: 'a', size: 1 },
    after: { zone: 'b', size: 2 },
    replace_paths: [['zone']],
  }

  expect(shown(change)).toEqual([
    '  -/+ aws_lb.it',
    '      zone: "a" → "b" (replaces it)',
    '      size: 1 → 2',
  ])
})

test('secrets are never told', () => {
  const change: Change = {
    before: { token: 'old', deep: { password: 'one' } },
    after: { token: 'new', deep: { password: 'two' } },
    before_sensitive: { token: true },
    after_sensitive: { token: true, deep: { password: true } },
  }

  expect(shown(change)).toEqual(['  ~ aws_lb.it', '      token: a secret', '      deep.password: a secret'])
})

test('a secret stays one where only the apply will tell what comes, and where it is a part of something', () => {
  const change: Change = {
    before: { token: 'old', deep: { password: 'one' } },
    after: {},
    after_unknown: { token: true, deep: true },
    before_sensitive: { token: true, deep: { password: true } },
  }

  expect(shown(change)).toEqual(['  ~ aws_lb.it', '      token: a secret', '      deep: a secret'])
})

test('what is taken over says by which id, whether it changes or not', () => {
  const importing = { id: 'vpc-1' }

  expect(shown({ actions: ['no-op'], importing })).toEqual(['  = aws_lb.it (taken over: vpc-1)'])
  expect(shown({ importing, before: { size: 1 }, after: { size: 2 } })).toEqual([
    '  ~= aws_lb.it (taken over: vpc-1)',
    '      size: 1 → 2',
  ])
})

test('what stays, and what is only looked up, is no change', () => {
  expect(shown({ actions: ['no-op'] })).toEqual([])
  expect(shownChanges(planOf('aws_vpc', { actions: ['read'] }, { mode: 'data' }))).toEqual([])
})

describe('what holds data', () => {
  test('is also a connection, which nobody but a person can authorise', () => {
    const gone = planOf('aws_codestarconnections_connection', { actions: ['delete'] })

    expect(lostIn(gone)).toEqual(['aws_codestarconnections_connection.it'])
  })

  test.each([[['delete']], [['delete', 'create']], [['create', 'delete']]] as const)(
    'is lost by %j',
    (actions) => {
      expect(lostIn(planOf('aws_dynamodb_table', { actions }))).toEqual(['aws_dynamodb_table.it'])
      expect(lostIn(planOf('aws_lb', { actions }))).toEqual([])
    },
  )

  test('is not lost by a change, nor where an interrupted deploy only began to make it', () => {
    const half = { action_reason: 'replace_because_tainted' }

    expect(lostIn(planOf('aws_dynamodb_table', { actions: ['update'] }))).toEqual([])
    expect(lostIn(planOf('aws_dynamodb_table', { actions: ['delete', 'create'] }, half))).toEqual([])
  })
})
