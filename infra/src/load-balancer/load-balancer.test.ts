import { DOMAIN, synthesise } from '../test/synthesise.ts'

const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000'

test('without a domain it answers HTTP, whatever the host', () => {
  const stack = synthesise('dev')

  expect(stack.one('aws_lb_listener')).toMatchObject({ port: 80, protocol: 'HTTP' })
  expect(stack.one('aws_lb_listener_rule', 'load-balancer/api')).toMatchObject({
    condition: [{ path_pattern: { values: ['/*'] } }],
  })
  expect(stack.all('aws_wafv2_web_acl').size).toBe(0)
  expect(stack.all('aws_vpc_security_group_ingress_rule').has('load-balancer/group/from-https')).toBe(false)
})

test('with a domain HTTP is sent to HTTPS, and foreign hosts get 404', () => {
  const stack = synthesise('staging', DOMAIN)

  expect(stack.one('aws_lb_listener', 'load-balancer/http')).toMatchObject({
    default_action: [
      { type: 'redirect', redirect: { protocol: 'HTTPS', port: '443', status_code: 'HTTP_301' } },
    ],
  })
  expect(stack.one('aws_lb_listener', 'load-balancer/https')).toMatchObject({
    port: 443,
    ssl_policy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
    default_action: [
      { type: 'fixed-response', fixed_response: { status_code: '404', content_type: 'application/json' } },
    ],
  })
  expect(stack.one('aws_lb_listener_rule', 'load-balancer/api')).toMatchObject({
    condition: [{ host_header: { values: ['cart.example.com'] } }],
  })
})

test('a hosted zone gets the name, and the proof of a certificate', () => {
  const stack = synthesise('prod', DOMAIN)

  expect(stack.one('aws_route53_record', 'load-balancer/domain/record')).toMatchObject({
    zone_id: DOMAIN.hostedZoneId,
    name: DOMAIN.domainName,
    type: 'A',
  })
  expect(stack.one('aws_acm_certificate')).toMatchObject({
    domain_name: DOMAIN.domainName,
    validation_method: 'DNS',
  })
  expect(stack.one('aws_lb_listener', 'load-balancer/https')['certificate_arn']).toMatch(
    /aws_acm_certificate_validation/,
  )
})

test('a certificate that is given is used, and without a zone no record is made', () => {
  const stack = synthesise('prod', { domainName: DOMAIN.domainName, certificateArn: CERTIFICATE })

  expect(stack.one('aws_lb_listener', 'load-balancer/https')['certificate_arn']).toBe(CERTIFICATE)
  expect(stack.all('aws_route53_record').size).toBe(0)
  expect(stack.all('aws_acm_certificate').size).toBe(0)
})

test.each([{}, DOMAIN])('inner paths are not forwarded, with %p', (change) => {
  expect(synthesise('dev', change).one('aws_lb_listener_rule', 'load-balancer/inner-paths')).toMatchObject({
    priority: 1,
    condition: [{ path_pattern: { values: ['/ready', '/ready/', '/metrics', '/metrics/*'] } }],
    action: [{ type: 'fixed-response', fixed_response: { status_code: '404' } }],
  })
})

test('targets are asked whether they are ready, at the times of the environment', () => {
  const group = synthesise('dev', { healthCheckInterval: 8, deregistrationDelay: 40, slowStart: 30 }).one(
    'aws_lb_target_group',
  )

  expect(group).toMatchObject({
    name: 'cartwright-dev-api',
    target_type: 'ip',
    port: 8080,
    deregistration_delay: '40',
    slow_start: 30,
    health_check: {
      path: '/ready',
      matcher: '200',
      interval: 8,
      timeout: 5,
      healthy_threshold: 2,
      unhealthy_threshold: 2,
    },
  })
})

test.each([
  ['dev', false, false],
  ['staging', false, true],
  ['prod', true, true],
] as const)('%s: deletion protection %p, access log %p', (name, protection, log) => {
  const stack = synthesise(name)

  expect(stack.one('aws_lb')).toMatchObject({
    drop_invalid_header_fields: true,
    enable_deletion_protection: protection,
    idle_timeout: 60,
    internal: false,
  })
  expect(stack.all('aws_s3_bucket').size).toBe(log ? 1 : 0)
  if (log) expect(stack.one('aws_s3_bucket')['force_destroy']).toBe(!protection)
})

test('the access log is written before nobody may, encrypted as the load balancer can, and not for ever', () => {
  const stack = synthesise('prod')
  const { LoadBalancer, DenyPlainText } = stack.statements(stack.one('aws_s3_bucket_policy')['policy'])

  expect(LoadBalancer).toMatchObject({
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: ['s3:PutObject'],
    Resource: [expect.stringMatching(/\/alb\/AWSLogs\/\$\{data\.aws_caller_identity[^}]*\}\/\*$/)],
  })
  expect(DenyPlainText).toMatchObject({ Effect: 'Deny' })
  expect(stack.one('aws_lb')['depends_on']).toContainEqual(expect.stringContaining('aws_s3_bucket_policy'))
  expect(stack.one('aws_s3_bucket_server_side_encryption_configuration')).toMatchObject({
    rule: [{ apply_server_side_encryption_by_default: { sse_algorithm: 'AES256' } }],
  })
  expect(stack.one('aws_s3_bucket_lifecycle_configuration')['rule']).toContainEqual(
    expect.objectContaining({ id: 'expire', expiration: [{ days: 365 }] }),
  )
})

test.each(['dev', 'prod'] as const)('in %s the load balancer waits for the way to the internet', (name) => {
  const stack = synthesise(name)

  expect(stack.one('aws_lb')['depends_on']).toContainEqual(
    expect.stringMatching(/^aws_route\.network_public-out/),
  )
})

test('requests are sent to HTTPS only once somebody listens there', () => {
  const stack = synthesise('prod', DOMAIN)

  expect(stack.one('aws_lb_listener', 'load-balancer/http')['depends_on']).toEqual([
    expect.stringMatching(/^aws_lb_listener\.load-balancer_https/),
  ])
  expect(stack.one('aws_acm_certificate_validation')['timeouts']).toEqual({ create: '20m' })
})

describe('the firewall', () => {
  interface Rule {
    readonly name: string
    readonly statement: { readonly regex_match_statement: { readonly regex_string: string } }
  }
  const acl = () => synthesise('prod', DOMAIN).one('aws_wafv2_web_acl')
  // Rules as they were written.
  const rule = (name: string) => (acl()['rule'] as readonly Rule[]).find((one) => one.name === name)

  test('limits each address', () => {
    expect(rule('rate')).toMatchObject({
      action: {
        block: { custom_response: { response_code: 429, custom_response_body_key: 'too-many-requests' } },
      },
      statement: { rate_based_statement: { limit: 2000, aggregate_key_type: 'IP' } },
    })
  })

  test.each([
    ['0', false],
    ['9999', false],
    ['65535', false],
    ['65536', false],
    ['65537', true],
    ['65540', true],
    ['65600', true],
    ['66000', true],
    ['70000', true],
    ['99999', true],
    ['100000', true],
    ['9007199254740993', true],
  ])('a body of %s bytes is refused: %p', (length, refused) => {
    const { regex_string } = rule('body')?.statement.regex_match_statement ?? { regex_string: 'no rule' }

    expect(new RegExp(regex_string).test(length)).toBe(refused)
  })

  test('only counts what the managed rules say about the size of bodies', () => {
    expect(rule('AWSManagedRulesCommonRuleSet')).toMatchObject({
      statement: {
        managed_rule_group_statement: {
          rule_action_override: [{ name: 'SizeRestrictions_BODY', action_to_use: { count: {} } }],
        },
      },
    })
  })

  test('answers with problems', () => {
    const bodies = acl()['custom_response_body'] as readonly { key: string; content: string }[]

    expect(bodies.map(({ key, content }) => [key, JSON.parse(content)])).toEqual([
      [
        'too-many-requests',
        { type: 'about:blank', title: 'Too many requests', status: 429, code: 'too-many-requests' },
      ],
      [
        'body-too-large',
        { type: 'about:blank', title: 'The body is larger than 64 KiB', status: 413, code: 'body-too-large' },
      ],
    ])
  })

  test('logs without what proves who somebody is', () => {
    const stack = synthesise('prod', DOMAIN)

    expect(stack.one('aws_cloudwatch_log_group', 'load-balancer/firewall/log/group')['name']).toMatch(
      /^aws-waf-logs-/,
    )
    expect(stack.one('aws_wafv2_web_acl_logging_configuration')['redacted_fields']).toEqual([
      { single_header: { name: 'authorization' } },
      { single_header: { name: 'cookie' } },
      { single_header: { name: 'x-cart-id' } },
      { single_header: { name: 'x-user-id' } },
    ])
    expect(JSON.stringify(stack.one('aws_wafv2_web_acl'))).not.toContain('"sampled_requests_enabled":true')
  })

  test('can be left out', () => {
    expect(synthesise('staging', { ...DOMAIN, firewall: false }).all('aws_wafv2_web_acl').size).toBe(0)
  })
})
