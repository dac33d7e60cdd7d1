import type { SynthesisedResource, SynthesisedStack } from '../stacks.ts'
import { candidatesOf, without } from './candidates.ts'

const ARN = 'arn:aws:ec2:eu-west-1:123456789012'

function stackOf(...resources: readonly Omit<SynthesisedResource, 'type'>[]): SynthesisedStack {
  return {
    name: 'dev',
    folder: '',
    region: 'eu-west-1',
    stateKey: '',
    terraform: '1.11.0',
    resources: resources.map((one) => ({ ...one, type: one.address.split('.')[0] ?? '' })),
  }
}

const VPC = { address: 'aws_vpc.it', block: {} }
const TABLE = { address: 'aws_route_table.it', block: {} }
const ROUTE = {
  address: 'aws_route.it',
  // Terraform's own expression.
  block: { route_table_id: `\${${TABLE.address}.id}`, destination_cidr_block: '0.0.0.0/0' },
}
const none = new Set<string>()

test('what AWS made the id of is found by its tag', () => {
  const tagged = [
    { arn: `${ARN}:vpc/vpc-1`, address: VPC.address },
    { arn: `${ARN}:subnet/subnet-1`, address: 'aws_subnet.other' },
  ]

  expect(candidatesOf(stackOf(VPC), none, tagged)).toEqual([
    { address: VPC.address, ids: ['vpc-1'], needs: [] },
  ])
  expect(candidatesOf(stackOf(VPC), none, [])).toEqual([])
})

test('what has its name from the configuration may be there', () => {
  const role = { address: 'aws_iam_role.it', block: { name: 'cartwright-dev-task' } }

  expect(candidatesOf(stackOf(role), none, [])).toEqual([
    { address: role.address, ids: ['cartwright-dev-task'], needs: [] },
  ])
})

test('what the state lists is not asked for', () => {
  const tagged = [{ arn: `${ARN}:vpc/vpc-1`, address: VPC.address }]

  expect(candidatesOf(stackOf(VPC), new Set([VPC.address]), tagged)).toEqual([])
})

test("an id that is made of another resource's needs it, in the state or beside it", () => {
  const tagged = [{ arn: `${ARN}:route-table/rtb-1`, address: TABLE.address }]
  const route = { address: ROUTE.address, ids: [`\${${TABLE.address}.id}_0.0.0.0/0`], needs: [TABLE.address] }

  expect(candidatesOf(stackOf(TABLE, ROUTE), none, [])).toEqual([])
  expect(candidatesOf(stackOf(TABLE, ROUTE), new Set([TABLE.address]), [])).toEqual([route])
  expect(candidatesOf(stackOf(TABLE, ROUTE), none, tagged)).toContainEqual(route)
})

test('tags of a service are also those of its tasks, which are not taken for it', () => {
  const service = { address: 'aws_ecs_service.it', block: {} }
  const arns = ['arn:aws:ecs:eu-west-1:1:task/c/0a1b', 'arn:aws:ecs:eu-west-1:1:service/c/s']

  const [found] = candidatesOf(
    stackOf(service),
    none,
    arns.map((arn) => ({ arn, address: service.address })),
  )

  expect(found?.ids).toEqual(['c/s'])
})

describe('when nothing is at an id', () => {
  const twins = ['vpc-1', 'vpc-2'].map((id) => ({ arn: `${ARN}:vpc/${id}`, address: VPC.address }))

  test('the next one of the same address is tried, and then it is made', () => {
    const both = candidatesOf(stackOf(VPC), none, twins)
    const second = without(both, new Set([VPC.address]), none)
    const nothing = without(second, new Set([VPC.address]), none)

    expect(both[0]?.ids).toEqual(['vpc-2', 'vpc-1'])
    expect(second[0]?.ids).toEqual(['vpc-1'])
    expect(nothing).toEqual([])
  })

  test('what is made of it falls, too', () => {
    const tagged = [{ arn: `${ARN}:route-table/rtb-1`, address: TABLE.address }]
    const found = candidatesOf(stackOf(TABLE, ROUTE), none, tagged)

    expect(found).toHaveLength(2)
    expect(without(found, new Set([TABLE.address]), none)).toEqual([])
  })
})
