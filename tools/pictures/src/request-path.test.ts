import type { StackJson } from '@cartwright/infra/stack-json'
import { requestPath } from './request-path.ts'
import { shapesOf } from './test/shapes.ts'
import { at, changed, stacks } from './test/stacks.ts'

let prod: StackJson
let bare: StackJson
beforeAll(async () => {
  const stackOf = await stacks({ dev: { domainName: undefined, hostedZoneId: undefined } })
  prod = stackOf('prod')
  bare = stackOf('dev')
})

function textsOf(stack: StackJson): readonly string[] {
  return shapesOf(requestPath(stack)).texts.map(({ text }) => text)
}

function edgesOf(stack: StackJson): readonly string[] {
  return (/<desc id="d">(.*)\.<\/desc>/.exec(requestPath(stack))?.[1] ?? '').split('; ')
}

test('from the name to what a task uses', () => {
  expect(edgesOf(prod)).toEqual([
    'Clients to Load balancer',
    'Route 53 record to Load balancer',
    'Load balancer to Firewall (WAF)',
    'Load balancer to HTTP 80',
    'Load balancer to HTTPS 443',
    'HTTPS 443 to Target group',
    'Target group to Tasks',
    'Tasks to Redis',
    'Tasks to Table',
    'Tasks to Secret',
    'Tasks to Event bus',
  ])
})

test('without a domain there is neither a record nor HTTPS', () => {
  expect(edgesOf(bare)).not.toContain('Route 53 record to Load balancer')
  expect(edgesOf(bare)).toContain('HTTP 80 to Target group')
})

test.each([
  [
    'the association of the firewall',
    'aws_wafv2_web_acl_association',
    'load-balancer/firewall/association',
    'Load balancer to Firewall (WAF)',
  ],
  ['the rule that forwards', 'aws_lb_listener_rule', 'load-balancer/api', 'HTTPS 443 to Target group'],
  ['the group rule to Redis', 'aws_vpc_security_group_egress_rule', 'cache/group/out-api', 'Tasks to Redis'],
])('without %s its arrow is gone', (_, type, path, edge) => {
  const less = changed(prod, type, (resources) => {
    delete resources[at(prod, path).id]
  })

  expect(edgesOf(prod)).toContain(edge)
  expect(edgesOf(less)).not.toContain(edge)
})

test('what a role may not do any more is not drawn', () => {
  const { id, block } = at(prod, 'service/task-role/policy')
  const { Statement: statements, ...others } = JSON.parse(String(block['policy']))
  const less = changed(prod, 'aws_iam_role_policy', (policies) => {
    const left = statements.filter(
      ({ Action: actions }: { Action: string[] }) => !actions[0]?.startsWith('dynamodb:'),
    )
    policies[id] = { ...block, policy: JSON.stringify({ ...others, Statement: left }) }
  })

  expect(edgesOf(less)).not.toContain('Tasks to Table')
  expect(edgesOf(less)).toContain('Tasks to Secret')
})

test('what a policy denies is not drawn as allowed', () => {
  const { id, block } = at(prod, 'service/task-role/policy')
  const denied = changed(prod, 'aws_iam_role_policy', (policies) => {
    policies[id] = { ...block, policy: String(block['policy']).replaceAll('"Allow"', '"Deny"') }
  })

  expect(edgesOf(denied)).not.toContain('Tasks to Table')
  expect(edgesOf(denied)).toContain('Tasks to Redis')
})

test('a listener says its rules in the order of their priorities', () => {
  const { id } = at(prod, 'load-balancer/api')
  const turned = changed(prod, 'aws_lb_listener_rule', (rules) => {
    Object.assign(rules[id] ?? {}, { priority: 0 })
  })
  const firstOf = (stack: StackJson) =>
    textsOf(stack).find((text) => text.startsWith('1. ') && !text.includes('rate'))

  expect(firstOf(prod)).toMatch(/^1\. \/ready/)
  expect(firstOf(turned)).toMatch(/^1\. cart\.example\.com/)
})
