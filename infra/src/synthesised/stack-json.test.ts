import { BadStacks, StackJson, textsIn, valuesAt } from './stack-json.ts'

const STACK = new StackJson('dev', {
  resource: {
    aws_vpc: {
      network_vpc_1: { cidr_block: '10.0.0.0/16', '//': { metadata: { path: 'dev/network/vpc' } } },
    },
    aws_subnet: {
      a: { vpc_id: `\${aws_vpc.network_vpc_1.id}`, '//': { metadata: { path: 'network/a' } } },
      b: { vpc_id: `\${aws_vpc.other.id}` },
    },
    aws_iam_role: { 'task-role_2': { assume_role_policy: '{}' } },
    aws_iam_role_policy: {
      one: {
        role: `\${aws_iam_role.task-role_2.id}`,
        policy: `{"Resource":["\${aws_vpc.network_vpc_1.arn}/*","\${aws_subnet.a.arn}","\${aws_vpc.network_vpc_1.id}"]}`,
      },
    },
  },
})

describe('values at a path', () => {
  const block = {
    rule: [
      { action: { type: 'forward' }, ports: [80, 443] },
      { action: [{ type: 'redirect' }], ports: null },
      'no block',
    ],
    flag: false,
    nothing: null,
  }

  test.each([
    ['rule.action.type', ['forward', 'redirect']],
    ['rule.ports', [80, 443]],
    ['flag', [false]],
    ['nothing', []],
    ['nowhere', []],
    ['nowhere.at.all', []],
    ['flag.inner', []],
  ])('%s', (attribute, values) => {
    expect(valuesAt(block, attribute)).toEqual(values)
  })

  test.each([undefined, null, 3, 'text', []])('of %j there are none', (value) => {
    expect(valuesAt(value, 'rule')).toEqual([])
  })
})

test('texts are found however deep, without keys and without what CDKTF says beside', () => {
  expect(textsIn({ a: ['one', { b: 'two', '//': 'said' }], c: 3, '//': { metadata: 'said' } })).toEqual([
    'one',
    'two',
  ])
})

describe('a resource', () => {
  test('is known by its address and by the path of its construct', () => {
    expect(STACK.at('aws_vpc.network_vpc_1')).toMatchObject({
      stack: 'dev',
      type: 'aws_vpc',
      id: 'network_vpc_1',
      path: 'network/vpc',
    })
    expect(STACK.at('aws_subnet.a')?.path).toBe('network/a')
    expect(STACK.at('aws_subnet.b')?.path).toBe('aws_subnet.b')
    expect(STACK.at('aws_subnet.c')).toBeUndefined()
  })

  test('is among those of its type', () => {
    expect(STACK.all('aws_subnet', 'aws_vpc')).toHaveLength(3)
    expect(STACK.all()).toEqual([])
  })
})

describe('references', () => {
  const vpc = STACK.all('aws_vpc')[0]
  const [a, b] = STACK.all('aws_subnet')

  test('are found wherever in a value, each once, and only those that are there', () => {
    expect(STACK.referredBy(STACK.all('aws_iam_role_policy')[0]?.block['policy'])).toEqual([vpc, a])
    expect(STACK.referredBy(b?.block['vpc_id'])).toEqual([])
    expect(STACK.referredBy('aws_vpc.network_vpc_1')).toEqual([vpc])
    expect(STACK.referredBy('aws_vpc.network_vpc_12.id')).toEqual([])
    expect(STACK.referredBy(`\${data.aws_vpc.network_vpc_1.id}`)).toEqual([])
    expect(STACK.referredBy(`\${ephemeral.aws_vpc.network_vpc_1.id}`)).toEqual([])
  })

  test('lead back to who refers', () => {
    const [role] = STACK.all('aws_iam_role')
    if (vpc === undefined || role === undefined) throw new Error('both are there')

    expect(STACK.referring(vpc, 'aws_subnet', 'vpc_id')).toEqual([a])
    expect(STACK.referring(vpc, 'aws_subnet', 'cidr_block')).toEqual([])
    expect(STACK.referring(role, 'aws_iam_role_policy', 'role')).toHaveLength(1)
  })
})

test('a stack without resources is one', () => {
  expect(new StackJson('empty', {}).resources).toEqual([])
})

test.each([undefined, null, [], 'text', { resource: [] }, { resource: 'text' }])(
  '%j is no configuration',
  (json) => {
    expect(() => new StackJson('dev', json)).toThrow(BadStacks)
    expect(() => new StackJson('dev', json)).toThrow(
      'dev is no Terraform configuration; wanted: an object with "resource"',
    )
  },
)
