import { type Name, synthesise } from '../test/synthesise.ts'

test.each<[Name, number, number, string[]]>([
  ['dev', 2, 1, []],
  ['staging', 2, 1, ['ecr.api', 'ecr.dkr', 'events', 'kms', 'logs', 'secretsmanager', 'ssmmessages', 'xray']],
  ['prod', 3, 3, ['ecr.api', 'ecr.dkr', 'events', 'logs', 'secretsmanager', 'xray']],
])('%s has %d zones, %d NAT gateways and its endpoints', (name, zones, gateways, services) => {
  const stack = synthesise(name)

  const endpoints = [...stack.all('aws_vpc_endpoint').values()].filter(
    (one) => one['vpc_endpoint_type'] === 'Interface',
  )

  expect(stack.all('aws_subnet').size).toBe(3 * zones)
  expect(stack.all('aws_nat_gateway').size).toBe(gateways)
  expect(
    endpoints.map((one) => String(one['service_name']).replace('com.amazonaws.eu-west-1.', '')).toSorted(),
  ).toEqual(services)
})

test('only public subnets lead to the internet gateway, and data subnets nowhere', () => {
  const routes = synthesise('prod').all('aws_route')

  expect([...routes.keys()].toSorted()).toEqual([
    'network/application-out-a',
    'network/application-out-b',
    'network/application-out-c',
    'network/public-out',
  ])
  expect(routes.get('network/public-out')).toHaveProperty('gateway_id')
})

test('each zone goes out through its own NAT gateway where there is one', () => {
  const nats = (name: Name) =>
    [...synthesise(name).all('aws_route').entries()].flatMap(([at, route]) =>
      at.includes('application') ? [String(route['nat_gateway_id']).match(/nat-[abc]/)?.[0]] : [],
    )

  expect(nats('staging')).toEqual(['nat-a', 'nat-a'])
  expect(nats('prod')).toEqual(['nat-a', 'nat-b', 'nat-c'])
})

test('subnets stand in the zones that their ids name', () => {
  const subnets = synthesise('prod').all('aws_subnet')

  for (const [at, subnet] of subnets) expect(subnet['availability_zone']).toBe(`eu-west-1${at.slice(-1)}`)
})

test('S3 and DynamoDB have gateways on every application route table, limited to what tasks need', () => {
  const stack = synthesise('prod')
  const s3 = stack.one('aws_vpc_endpoint', 'network/s3-gateway')
  const dynamodb = stack.one('aws_vpc_endpoint', 'network/dynamodb-gateway')

  expect(s3['route_table_ids']).toHaveLength(3)
  expect(stack.statements(s3['policy'])).toMatchObject({
    ImageLayers: {
      Action: ['s3:GetObject'],
      Resource: [expect.stringMatching(/:s3:::prod-eu-west-1-starport-layer-bucket\/\*$/)],
    },
  })
  expect(stack.statements(dynamodb['policy'])).toHaveProperty([
    'OwnTables',
    'Condition',
    'StringEquals',
    'aws:ResourceAccount',
  ])
})

test('the default security group lets nothing through', () => {
  const group = synthesise('dev').one('aws_default_security_group')

  expect(group).not.toHaveProperty('ingress')
  expect(group).not.toHaveProperty('egress')
})

test('flows are logged, by a role that only writes there', () => {
  const stack = synthesise('staging')
  const role = stack.one('aws_iam_role', 'network/flow-role/role')
  const policy = stack.one('aws_iam_role_policy', 'network/flow-role/policy')

  expect(stack.one('aws_flow_log')).toMatchObject({
    traffic_type: 'ALL',
    log_destination_type: 'cloud-watch-logs',
  })
  expect(stack.statements(role['assume_role_policy'])['Take']).toMatchObject({
    Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': expect.anything() } },
  })
  expect(Object.keys(stack.statements(policy['policy']))).toEqual(['WriteFlows', 'FindGroup'])
})
