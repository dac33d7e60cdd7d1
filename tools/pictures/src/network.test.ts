import type { StackJson } from '@cartwright/infra/stack-json'
import { network } from './network.ts'
import { shapesOf } from './test/shapes.ts'
import { at, changed, stacks } from './test/stacks.ts'

const INGRESS = 'aws_vpc_security_group_ingress_rule'
const EGRESS = 'aws_vpc_security_group_egress_rule'

let prod: StackJson
let dev: StackJson
beforeAll(async () => {
  const stackOf = await stacks({ dev: { natGateways: 'one', interfaceEndpoints: false } })
  prod = stackOf('prod')
  dev = stackOf('dev')
})

/** The texts of a picture. */
function textsOf(stack: StackJson): readonly string[] {
  return shapesOf(network(stack)).texts.map(({ text }) => text)
}

function arrowsOf(stack: StackJson): number {
  return shapesOf(network(stack)).arrows.length
}

function without(stack: StackJson, type: string, path: string): StackJson {
  return changed(stack, type, (resources) => {
    delete resources[at(stack, path).id]
  })
}

test('every subnet stands in it with its addresses, in its zone', () => {
  const texts = textsOf(prod)

  for (const { block } of prod.all('aws_subnet')) {
    expect(texts).toContain(block['cidr_block'])
    expect(texts).toContain(block['availability_zone'])
  }
})

test('a new subnet shows, with no way out until a route table has it', () => {
  const { block } = at(prod, 'network/application-a')
  const larger = changed(prod, 'aws_subnet', (subnets) => {
    subnets['more'] = { ...block, cidr_block: '10.60.99.0/24' }
  })
  const count = (stack: StackJson) =>
    textsOf(stack).filter((text) => text === 'no route out of the VPC').length

  expect(textsOf(larger)).toContain('10.60.99.0/24')
  expect(count(larger)).toBe(count(prod) + 1)
})

test('a subnet whose route is gone has no arrow, and says so', () => {
  const closed = without(prod, 'aws_route', 'network/application-out-a')

  expect(arrowsOf(closed)).toBe(arrowsOf(prod) - 1)
  expect(textsOf(closed).filter((text) => text.startsWith('0.0.0.0/0 → nat-a'))).toEqual([])
})

test.each([
  ['lets out', EGRESS, 'cache/group/out-api'],
  ['lets in', INGRESS, 'cache/group/from-api'],
])('without the rule that %s, nobody talks to Redis', (_, type, path) => {
  const closed = without(prod, type, path)

  expect(textsOf(prod)).toContain('TCP 6379')
  expect(textsOf(closed)).not.toContain('TCP 6379')
  expect(textsOf(closed)).toContain('Redis')
})

test('a rule of another port does not open one', () => {
  const moved = changed(prod, EGRESS, (rules) => {
    Object.assign(rules[at(prod, 'cache/group/out-api').id] ?? {}, { from_port: 6380, to_port: 6380 })
  })

  expect(textsOf(moved).filter((text) => text.startsWith('TCP 63'))).toEqual([])
})

test('a group that is opened has an arrow from the internet', () => {
  const { block } = at(prod, 'cache/group/from-api')
  const { referenced_security_group_id: _, ...rule } = block
  const open = changed(prod, INGRESS, (rules) => {
    rules['open'] = { ...rule, cidr_ipv4: '0.0.0.0/0' }
  })

  expect(network(prod)).not.toContain('0.0.0.0/0 to Redis')
  expect(network(open)).toContain('0.0.0.0/0 to Redis (TCP 6379)')
  expect(textsOf(open).filter((text) => text === 'TCP 6379')).toHaveLength(2)
  // Past the rows between them it consists of one part a row.
  expect(arrowsOf(open)).toBeGreaterThan(arrowsOf(prod))
})

test('rules that stand where no picture looks are refused, not left out', () => {
  const inline = changed(prod, 'aws_security_group', (groups) => {
    for (const group of Object.values(groups)) group['ingress'] = [{ from_port: 22, to_port: 22 }]
  })

  expect(() => network(inline)).toThrow(
    'has rules that no picture shows; wanted: aws_vpc_security_group_ingress_rule',
  )
})

test('one NAT gateway serves every zone, where there is but one', () => {
  const texts = textsOf(dev)
  const zones = new Set(dev.all('aws_subnet').map(({ block }) => block['availability_zone'])).size

  expect(texts.filter((text) => /^nat-/.test(text))).toEqual(['nat-a'])
  expect(texts.filter((text) => text === '0.0.0.0/0 → nat-a')).toHaveLength(zones)
})

test('interface endpoints stand only where there are some', () => {
  expect(textsOf(prod)).toContain('Interface endpoints of AWS')
  expect(textsOf(prod).some((text) => /^\d+ interface endpoints$/.test(text))).toBe(true)
  expect(network(dev)).not.toMatch(/interface endpoint/i)
})
