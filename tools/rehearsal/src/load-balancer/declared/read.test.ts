import type { Answer, AttributeDescription, Elbv2, RuleDescription, TargetGroupDescription } from './elbv2.ts'
import { readLoadBalancer } from './read.ts'

/** What an account declares: one load balancer, one listener, one group. */
interface Account {
  readonly type?: string
  readonly protocol?: string
  readonly mutual?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly listenerAttributes?: Readonly<Record<string, string>>
  readonly groupAttributes?: Readonly<Record<string, string>>
  readonly group?: TargetGroupDescription
  readonly rules?: readonly RuleDescription[]
}

const GROUP = 'arn:group'
const FORWARD = [{ Type: 'forward', TargetGroupArn: GROUP }]

function described(attributes: Readonly<Record<string, string>> = {}): AttributeDescription[] {
  return Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }))
}

/** An API that gives one item of a list at a time. */
function onePerPage<Item>(items: readonly Item[], marker = '0'): { items: Item[]; next?: string } {
  const at = Number(marker)
  return { items: items.slice(at, at + 1), ...(at + 1 < items.length ? { next: String(at + 1) } : {}) }
}

function api(account: Account): Elbv2 {
  const rules: readonly RuleDescription[] = account.rules ?? [{ Priority: 'default', Actions: FORWARD }]
  return {
    describeLoadBalancers: async () => ({
      LoadBalancers: [
        { LoadBalancerArn: 'arn:one', LoadBalancerName: 'one', Type: account.type ?? 'application' },
      ],
    }),
    describeLoadBalancerAttributes: async () => ({ Attributes: described(account.attributes) }),
    describeListeners: async () => ({
      Listeners: [
        {
          ListenerArn: 'arn:listener',
          Port: 443,
          Protocol: account.protocol ?? 'HTTP',
          SslPolicy: 'policy',
          MutualAuthentication: { Mode: account.mutual ?? 'off' },
        },
      ],
    }),
    describeListenerAttributes: async () => ({ Attributes: described(account.listenerAttributes) }),
    describeListenerCertificates: async ({ Marker }) => {
      const all = [
        { CertificateArn: 'arn:more', IsDefault: false },
        { CertificateArn: 'arn:default', IsDefault: true },
        { CertificateArn: 'arn:default', IsDefault: false },
      ]
      const { items, next } = onePerPage(all, Marker)
      return { Certificates: items, NextMarker: next }
    },
    describeRules: async ({ Marker }) => {
      const { items, next } = onePerPage(rules, Marker)
      return { Rules: items, NextMarker: next }
    },
    describeTargetGroups: async () => ({
      TargetGroups: [
        {
          TargetGroupArn: GROUP,
          TargetGroupName: 'api',
          TargetType: 'ip',
          Protocol: 'HTTP',
          ...account.group,
        },
      ],
    }),
    describeTargetGroupAttributes: async () => ({ Attributes: described(account.groupAttributes) }),
  }
}

const read = (account: Account) =>
  readLoadBalancer(api(account), { arn: 'arn:one' }, async (arn) => [
    `${arn.replace('arn:', '')}.example.com`,
  ])

test('what is not set has the defaults of AWS', async () => {
  const { attributes, targetGroups, listeners } = await read({})

  expect(attributes).toEqual({
    idleTimeout: 60,
    clientKeepAlive: 3600,
    dropsInvalidHeaderFields: false,
    preservesHostHeader: false,
    forwardedFor: 'append',
    addsClientPort: false,
    addsTlsHeaders: false,
  })
  expect(listeners[0]?.tellsServer).toBe(true)
  expect(targetGroups).toEqual([
    {
      arn: GROUP,
      name: 'api',
      protocol: 'HTTP',
      healthCheck: {
        isEnabled: true,
        protocol: 'HTTP',
        path: '/',
        matcher: '200',
        interval: 30,
        timeout: 5,
        healthyThreshold: 5,
        unhealthyThreshold: 2,
      },
      algorithm: 'round_robin',
      slowStart: 0,
      deregistrationDelay: 300,
      minimumHealthy: { count: 1, percentage: 0 },
    },
  ])
})

test('what is set is taken over', async () => {
  const { attributes, targetGroups, listeners } = await read({
    attributes: {
      'idle_timeout.timeout_seconds': '61',
      'client_keep_alive.seconds': '62',
      'routing.http.preserve_host_header.enabled': 'true',
      'routing.http.xff_header_processing.mode': 'remove',
      'routing.http.xff_client_port.enabled': 'true',
      'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'true',
    },
    listenerAttributes: { 'routing.http.response.server.enabled': 'false' },
    group: { HealthCheckPort: '9000', HealthCheckProtocol: 'HTTPS', HealthCheckEnabled: false },
    groupAttributes: {
      'load_balancing.algorithm.type': 'least_outstanding_requests',
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
      'stickiness.app_cookie.cookie_name': 'session',
      'stickiness.app_cookie.duration_seconds': '9',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '2',
      'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
    },
  })

  expect(attributes).toMatchObject({ idleTimeout: 61, clientKeepAlive: 62, preservesHostHeader: true })
  expect(attributes).toMatchObject({ forwardedFor: 'remove', addsClientPort: true, addsTlsHeaders: true })
  expect(listeners[0]?.tellsServer).toBe(false)
  expect(targetGroups[0]).toMatchObject({
    healthCheck: { port: 9000, protocol: 'HTTPS', isEnabled: false },
    algorithm: 'least_outstanding_requests',
    stickiness: { type: 'app_cookie', cookie: 'session', duration: 9 },
    minimumHealthy: { count: 2, percentage: 0 },
  })
})

test('rules of many pages come by priority, the default last', async () => {
  const rule = (Priority: string): RuleDescription => ({ Priority, Actions: FORWARD })

  const { listeners } = await read({ rules: [rule('default'), rule('100'), rule('20'), rule('3')] })

  expect(listeners[0]?.rules.map(({ priority }) => priority)).toEqual([3, 20, 100, 'default'])
})

test('the default certificate comes first, each one once', async () => {
  const { listeners } = await read({ protocol: 'HTTPS' })

  expect(listeners[0]?.tls).toEqual({
    policy: 'policy',
    certificates: [
      { arn: 'arn:default', names: ['default.example.com'] },
      { arn: 'arn:more', names: ['more.example.com'] },
    ],
  })
})

test('weights and stickiness of an action', async () => {
  const config = {
    TargetGroups: [{ TargetGroupArn: GROUP, Weight: 0 }, { TargetGroupArn: GROUP }],
    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 7 },
  }

  const { listeners } = await read({
    rules: [{ Priority: 'default', Actions: [{ Type: 'forward', ForwardConfig: config }] }],
  })

  expect(listeners[0]?.rules[0]?.action).toEqual({
    type: 'forward',
    groups: [
      { arn: GROUP, weight: 0 },
      { arn: GROUP, weight: 1 },
    ],
    stickyFor: 7,
  })
})

const condition = (changes: Answer<Record<string, unknown>>): Account => ({
  rules: [{ Priority: '1', Actions: FORWARD, Conditions: [{ Field: 'path-pattern', ...changes }] }],
})
const action = (Type: string): Account => ({ rules: [{ Priority: '1', Actions: [{ Type }] }] })

test.each<[string, Account, RegExp]>([
  ['a network load balancer', { type: 'network' }, /one is a network one/],
  ['a listener of TCP', { protocol: 'TCP' }, /port 443 talks TCP/],
  ['certificates of clients', { protocol: 'HTTPS', mutual: 'verify' }, /verify/],
  ['a function as target', { group: { TargetType: 'lambda' } }, /api has targets of type lambda/],
  ['gRPC', { group: { ProtocolVersion: 'GRPC' } }, /api talks GRPC/],
  ['signing in', action('authenticate-oidc'), /action of type authenticate-oidc/],
  [
    'signing in before forwarding',
    { rules: [{ Actions: [{ Type: 'jwt-validation' }, ...FORWARD] }] },
    /2 actions/,
  ],
  ['a condition of another kind', condition({ Field: 'moon-phase' }), /moon-phase/],
  ['a regular expression', condition({ PathPatternConfig: { RegexValues: ['^/a'] } }), /regular expression/],
  ['a rewritten path', { rules: [{ Actions: FORWARD, Transforms: [{}] }] }, /transforms/],
  ['another algorithm', { groupAttributes: { 'load_balancing.algorithm.type': 'dice' } }, /balanced by dice/],
])('%s is a problem: requests would go elsewhere than on AWS', async (_, account, expected) => {
  await expect(read(account)).rejects.toThrow(expected)
})

test('what makes no difference to answers is listed instead', async () => {
  const { notPlayed } = await read({
    attributes: { 'access_logs.s3.enabled': 'true', 'routing.http2.enabled': 'true' },
    listenerAttributes: { 'routing.http.response.strict_transport_security.header_value': 'max-age=1' },
    groupAttributes: { 'load_balancing.algorithm.anomaly_mitigation': 'on' },
  })

  expect(notPlayed).toEqual([
    'HTTP/2 towards clients',
    'access logs in S3',
    expect.stringContaining('desync mitigation mode defensive'),
    'listener on port 443: header modification routing.http.response.strict_transport_security.header_value',
    'target group api: anomaly mitigation',
  ])
})
