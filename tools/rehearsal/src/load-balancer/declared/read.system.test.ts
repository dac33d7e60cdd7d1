import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { ask } from '../test/client.ts'
import { call, type Parameter } from '../test/query-api.ts'
import { Stage } from '../test/stage.ts'
import { type Acm, namesByAcm } from './certificate-names.ts'
import type { Elbv2 } from './elbv2.ts'
import { readLoadBalancer } from './read.ts'

let aws: LocalAws
beforeAll(async () => {
  aws = await startLocalAws()
})
afterAll(() => aws.stop())

type Fields = { readonly [name: string]: Parameter }

// The answers' shapes are what the interface says: the reader is what is tested.
const elb = <Result>(action: string, parameters: Fields): Promise<Result> =>
  call(aws.endpoint, 'elasticloadbalancing', action, parameters) as Promise<Result>
const ec2 = <Result>(action: string, parameters: Fields): Promise<Result> =>
  call(aws.endpoint, 'ec2', action, parameters) as Promise<Result>

const elbv2: Elbv2 = {
  describeLoadBalancers: (input) => elb('DescribeLoadBalancers', input),
  describeLoadBalancerAttributes: (input) => elb('DescribeLoadBalancerAttributes', input),
  describeListeners: (input) => elb('DescribeListeners', input),
  describeListenerAttributes: (input) => elb('DescribeListenerAttributes', input),
  describeListenerCertificates: (input) => elb('DescribeListenerCertificates', input),
  describeRules: (input) => elb('DescribeRules', input),
  describeTargetGroups: (input) => elb('DescribeTargetGroups', input),
  describeTargetGroupAttributes: (input) => elb('DescribeTargetGroupAttributes', input),
}

/** A call of ACM, which talks JSON. */
async function certificates<Result>(action: string, input: Fields): Promise<Result> {
  const scope = 'Credential=local/20261121/eu-west-1/acm/aws4_request'
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `CertificateManager.${action}`,
    },
    body: JSON.stringify(input),
  })
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Result
}

const acm: Acm = { describeCertificate: (input) => certificates('DescribeCertificate', input) }

/** Declares a load balancer as a deployment does; @returns its ARN and that of its group. */
async function declare(): Promise<{ arn: string; group: string }> {
  const { vpc } = await ec2<{ vpc: { vpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' })
  const subnets: string[] = []
  for (const [index, zone] of ['eu-west-1a', 'eu-west-1b'].entries()) {
    const { subnet } = await ec2<{ subnet: { subnetId: string } }>('CreateSubnet', {
      VpcId: vpc.vpcId,
      CidrBlock: `10.0.${index}.0/24`,
      AvailabilityZone: zone,
    })
    subnets.push(subnet.subnetId)
  }
  const {
    LoadBalancers: [made],
  } = await elb<{ LoadBalancers: { LoadBalancerArn: string }[] }>('CreateLoadBalancer', {
    Name: 'shop',
    Subnets: subnets,
  })
  const arn = made?.LoadBalancerArn ?? ''
  await elb('ModifyLoadBalancerAttributes', {
    LoadBalancerArn: arn,
    Attributes: [
      { Key: 'idle_timeout.timeout_seconds', Value: 90 },
      { Key: 'routing.http.drop_invalid_header_fields.enabled', Value: true },
    ],
  })
  const {
    TargetGroups: [groupMade],
  } = await elb<{ TargetGroups: { TargetGroupArn: string }[] }>('CreateTargetGroup', {
    Name: 'api',
    TargetType: 'ip',
    Protocol: 'HTTP',
    Port: 8080,
    VpcId: vpc.vpcId,
    HealthCheckPath: '/ready',
    HealthCheckIntervalSeconds: 10,
    HealthCheckTimeoutSeconds: 4,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
    Matcher: { HttpCode: '200' },
  })
  const group = groupMade?.TargetGroupArn ?? ''
  await elb('ModifyTargetGroupAttributes', {
    TargetGroupArn: group,
    Attributes: [
      { Key: 'deregistration_delay.timeout_seconds', Value: 20 },
      { Key: 'slow_start.duration_seconds', Value: 30 },
      { Key: 'stickiness.enabled', Value: true },
      { Key: 'stickiness.type', Value: 'lb_cookie' },
      { Key: 'stickiness.lb_cookie.duration_seconds', Value: 600 },
    ],
  })
  const {
    Listeners: [listener],
  } = await elb<{ Listeners: { ListenerArn: string }[] }>('CreateListener', {
    LoadBalancerArn: arn,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [
      {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: '404',
          ContentType: 'application/json',
          MessageBody: '{"code":"not-found"}',
        },
      },
    ],
  })
  const rules: Fields[] = [
    {
      Priority: 10,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['shop.example.com'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: group }],
    },
    {
      Priority: 2,
      Conditions: [
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/old/*', '/older'] } },
        { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'a', Value: 'b' }, { Value: 'c' }] } },
        { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Kind', Values: ['one'] } },
      ],
      Actions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_302', Path: '/new/#{path}' } }],
    },
    {
      Priority: 1,
      Conditions: [{ Field: 'path-pattern', Values: ['/ready'] }],
      Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '403' } }],
    },
  ]
  for (const rule of rules) await elb('CreateRule', { ListenerArn: listener?.ListenerArn ?? '', ...rule })
  return { arn, group }
}

test('what is declared is read from the API, and served', async () => {
  const { arn, group } = await declare()

  const configuration = await readLoadBalancer(elbv2, { name: 'shop' }, async () => [])

  expect(configuration).toMatchObject({
    arn,
    name: 'shop',
    attributes: { idleTimeout: 90, dropsInvalidHeaderFields: true, forwardedFor: 'append' },
    targetGroups: [
      {
        arn: group,
        name: 'api',
        protocol: 'HTTP',
        healthCheck: {
          isEnabled: true,
          protocol: 'HTTP',
          path: '/ready',
          matcher: '200',
          interval: 10,
          timeout: 4,
          healthyThreshold: 2,
          unhealthyThreshold: 3,
        },
        algorithm: 'round_robin',
        slowStart: 30,
        deregistrationDelay: 20,
        stickiness: { type: 'lb_cookie', duration: 600 },
        minimumHealthy: { count: 1, percentage: 0 },
      },
    ],
  })
  expect(configuration.targetGroups[0]?.healthCheck).not.toHaveProperty('port')
  expect(configuration.listeners).toHaveLength(1)
  expect(configuration.listeners[0]?.port).toBe(80)
  expect(configuration.listeners[0]).not.toHaveProperty('tls')
  expect(configuration.listeners[0]?.rules.map(({ arn: _, ...rule }) => rule)).toEqual([
    {
      priority: 1,
      conditions: [{ field: 'path-pattern', patterns: ['/ready'] }],
      action: { type: 'fixed-response', status: 403, contentType: 'text/plain', body: '' },
    },
    {
      priority: 2,
      conditions: [
        { field: 'path-pattern', patterns: ['/old/*', '/older'] },
        { field: 'query-string', pairs: [{ key: 'a', value: 'b' }, { value: 'c' }] },
        { field: 'http-header', name: 'X-Kind', patterns: ['one'] },
      ],
      action: {
        type: 'redirect',
        status: 302,
        protocol: '#{protocol}',
        host: '#{host}',
        port: '#{port}',
        path: '/new/#{path}',
        query: '#{query}',
      },
    },
    {
      priority: 10,
      conditions: [{ field: 'host-header', patterns: ['shop.example.com'] }],
      action: { type: 'forward', groups: [{ arn: group, weight: 1 }] },
    },
    {
      priority: 'default',
      conditions: [],
      action: {
        type: 'fixed-response',
        status: 404,
        contentType: 'application/json',
        body: '{"code":"not-found"}',
      },
    },
  ])

  const stage = new Stage()
  try {
    await stage.start(configuration)
    await stage.target('a', (_, outgoing) => outgoing.end('served'), group)
    expect((await ask(stage.port)).body).toBe('served')
    expect((await ask(stage.port, { path: '/ready' })).status).toBe(403)
    expect((await ask(stage.port, { headers: { host: 'other' } })).body).toBe('{"code":"not-found"}')
  } finally {
    await stage.stop()
  }
})

test('an HTTPS listener is read with its policy and the names of its certificates', async () => {
  const { LoadBalancers: [made] = [] } = await elbv2.describeLoadBalancers({ Names: ['shop'] })
  const arn = made?.LoadBalancerArn ?? ''
  const request = (DomainName: string, ...more: string[]): Promise<{ CertificateArn: string }> =>
    certificates('RequestCertificate', {
      DomainName,
      ...(more.length > 0 ? { SubjectAlternativeNames: more } : {}),
    })
  const { CertificateArn: first } = await request('shop.example.com', 'www.example.com')
  const { CertificateArn: second } = await request('*.example.org')
  const {
    Listeners: [listener],
  } = await elb<{ Listeners: { ListenerArn: string }[] }>('CreateListener', {
    LoadBalancerArn: arn,
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
    Certificates: [{ CertificateArn: first }],
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  })
  await elb('AddListenerCertificates', {
    ListenerArn: listener?.ListenerArn ?? '',
    Certificates: [{ CertificateArn: second }],
  })

  const { listeners } = await readLoadBalancer(elbv2, { arn }, namesByAcm(acm))

  expect(listeners.find(({ port }) => port === 443)?.tls).toEqual({
    policy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
    certificates: [
      { arn: first, names: ['shop.example.com', 'www.example.com'] },
      { arn: second, names: ['*.example.org'] },
    ],
  })
})

test('a load balancer that is not there is a problem that names it', async () => {
  await expect(readLoadBalancer(elbv2, { name: 'nowhere' }, async () => [])).rejects.toThrow(
    /nowhere|NotFound/,
  )
})
