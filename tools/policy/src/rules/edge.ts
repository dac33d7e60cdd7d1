import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import { statementsOf } from '../documents.ts'
import type { Rule } from '../rule.ts'
import {
  all,
  anything,
  attribute,
  companion,
  matching,
  oneOf,
  refersTo,
  shown,
  someOf,
  where,
} from '../wants.ts'

const BALANCER = 'aws_lb'
const LISTENER = 'aws_lb_listener'
const TARGETS = 'aws_lb_target_group'

/** Rules of what the internet meets: load balancer, certificate, firewall. */
export const EDGE: readonly Rule[] = [
  {
    id: 'listener-by-tls',
    wants: 'a listener speaks HTTPS, or sends to it',
    severity: 'high',
    types: [LISTENER],
    judge: (listener) => {
      const isSafe = valuesAt(listener.block, 'protocol').includes('HTTPS') || sendsToTls(listener)
      return isSafe
        ? []
        : [
            {
              at: 'protocol',
              seen: shown(valuesAt(listener.block, 'protocol')[0]),
              wanted: '"HTTPS", or a redirect to it on 443',
            },
          ]
    },
  },
  {
    id: 'listener-with-modern-tls',
    wants: 'a listener speaks TLS 1.2 and 1.3 with forward secrecy alone',
    severity: 'high',
    types: [LISTENER],
    judge: where(
      ({ block }) => valuesAt(block, 'protocol').includes('HTTPS'),
      attribute(
        'ssl_policy',
        matching(
          /^ELBSecurityPolicy-TLS13-1-(2-Res|3)-/,
          'ELBSecurityPolicy-TLS13-1-2-Res-2021-06 or stricter',
        ),
      ),
    ),
  },
  {
    id: 'redirect-forwards-nothing',
    wants: 'a listener that sends to HTTPS has no rule that forwards a request as it came',
    severity: 'high',
    types: [LISTENER],
    judge: where(sendsToTls, (listener, stack) =>
      stack
        .referring(listener, 'aws_lb_listener_rule', 'listener_arn')
        .filter(({ block }) => valuesAt(block, 'action.type').some((type) => String(type) === 'forward'))
        .map(({ path }) => ({ at: 'aws_lb_listener_rule', seen: path, wanted: 'none that forwards' })),
    ),
  },
  {
    id: 'balancer-drops-invalid-headers',
    wants: 'a load balancer drops headers that are none: they smuggle requests',
    severity: 'medium',
    types: [BALANCER],
    judge: attribute('drop_invalid_header_fields', oneOf(true), false),
  },
  {
    id: 'balancer-not-desynchronised',
    wants: 'a load balancer takes no request that two readers would understand in two ways',
    severity: 'medium',
    types: [BALANCER],
    judge: attribute('desync_mitigation_mode', oneOf('defensive', 'strictest'), 'defensive'),
  },
  {
    id: 'balancer-deletion-protected',
    wants: 'a load balancer, whose address everybody knows, is not deleted by a slip',
    severity: 'medium',
    types: [BALANCER],
    judge: attribute('enable_deletion_protection', oneOf(true), false),
  },
  {
    id: 'balancer-access-logged',
    wants: 'every request to a load balancer is logged to a bucket of this stack',
    severity: 'medium',
    types: [BALANCER],
    judge: all(
      attribute('access_logs.enabled', oneOf(true), false),
      attribute('access_logs.bucket', refersTo('aws_s3_bucket')),
    ),
  },
  {
    id: 'balancer-behind-firewall',
    wants: 'a load balancer of the internet is behind a web firewall',
    severity: 'medium',
    types: [BALANCER],
    judge: where(
      ({ block }) => !valuesAt(block, 'internal').includes(true),
      companion('aws_wafv2_web_acl_association', 'resource_arn'),
    ),
  },
  {
    id: 'target-group-checks-health',
    wants: 'targets are asked how they are, at a path',
    severity: 'medium',
    types: [TARGETS],
    judge: all(
      attribute('health_check.enabled', oneOf(true), true),
      attribute('health_check.path', anything),
      attribute('health_check.matcher', anything),
    ),
  },
  {
    id: 'target-group-by-tls',
    wants: 'the load balancer speaks TLS to tasks as well',
    severity: 'low',
    types: [TARGETS],
    judge: attribute('protocol', oneOf('HTTPS')),
  },
  {
    id: 'target-group-checks-health-by-tls',
    wants: 'the load balancer asks tasks by TLS how they are',
    severity: 'low',
    types: [TARGETS],
    judge: attribute('health_check.protocol', oneOf('HTTPS'), 'HTTP'),
  },
  {
    id: 'target-group-by-address',
    wants: 'targets are addresses: Fargate knows no others',
    severity: 'critical',
    types: [TARGETS],
    judge: attribute('target_type', oneOf('ip'), 'instance'),
  },
  {
    id: 'certificate-replaced-before-it-goes',
    wants: 'a certificate is replaced before the old one goes: a listener holds it',
    severity: 'medium',
    types: ['aws_acm_certificate'],
    judge: attribute('lifecycle.create_before_destroy', oneOf(true), false),
  },
  {
    id: 'certificate-renews-itself',
    wants: 'a certificate is proven by DNS: one that is proven by mail does not renew itself',
    severity: 'medium',
    types: ['aws_acm_certificate'],
    judge: where(
      ({ block }) => valuesAt(block, 'private_key').length === 0,
      attribute('validation_method', oneOf('DNS')),
    ),
  },
  {
    id: 'certificate-key-long-enough',
    wants: 'an RSA key of a certificate has 2048 bits',
    severity: 'high',
    types: ['aws_acm_certificate'],
    judge: attribute(
      'key_algorithm',
      matching(/^(RSA_(2048|3072|4096)|EC_\w+)$/, 'RSA_2048 or more, or EC_…'),
      'RSA_2048',
    ),
  },
  {
    id: 'certificate-transparent',
    wants: 'a certificate stands in the public logs, or browsers refuse it',
    severity: 'medium',
    types: ['aws_acm_certificate'],
    judge: attribute('options.certificate_transparency_logging_preference', oneOf('ENABLED'), 'ENABLED'),
  },
  {
    id: 'firewall-has-rules',
    wants: 'a firewall has rules',
    severity: 'medium',
    types: ['aws_wafv2_web_acl'],
    judge: attribute('rule.name', anything),
  },
  {
    id: 'firewall-rules-act',
    wants: 'each rule of a firewall says what it does',
    severity: 'medium',
    types: ['aws_wafv2_web_acl'],
    judge: ({ block }) =>
      valuesAt(block, 'rule')
        .filter((rule) =>
          ['action', 'override_action', 'statement.managed_rule_group_statement'].every(
            (at) => valuesAt(rule, at).length === 0,
          ),
        )
        .map((rule) => ({
          at: `rule ${String(valuesAt(rule, 'name')[0])} action`,
          seen: 'nothing',
          wanted: 'an action',
        })),
  },
  {
    id: 'firewall-logs',
    wants: 'what a firewall did is logged, to a group whose name begins with aws-waf-logs-',
    severity: 'medium',
    types: ['aws_wafv2_web_acl'],
    judge: companion('aws_wafv2_web_acl_logging_configuration', 'resource_arn', {
      judge: ({ block }, stack) => {
        const destinations = valuesAt(block, 'log_destination_configs').flatMap((value) =>
          stack.referredBy(value),
        )
        const named = destinations.flatMap((one) => valuesAt(one.block, 'name'))
        return named.some((name) => String(name).startsWith('aws-waf-logs-'))
          ? []
          : [{ at: 'log_destination_configs', seen: shown(named), wanted: 'aws-waf-logs-…' }]
      },
    }),
  },
  {
    id: 'firewall-log-without-credentials',
    wants: "a firewall's log has no credentials, and no cart id, which is a guest's only one",
    severity: 'high',
    types: ['aws_wafv2_web_acl_logging_configuration'],
    judge: ({ block }) => {
      const hidden = valuesAt(block, 'redacted_fields.single_header.name')
      return ['authorization', 'cookie', 'x-cart-id', 'x-user-id']
        .filter((name) => !hidden.includes(name))
        .map((name) => ({ at: 'redacted_fields', seen: shown(hidden), wanted: name }))
    },
  },
  {
    id: 'firewall-keeps-no-samples',
    wants: 'a firewall keeps no samples of requests: they show what its log hides',
    severity: 'medium',
    types: ['aws_wafv2_web_acl'],
    judge: ({ block }) =>
      [
        ...valuesAt(block, 'visibility_config.sampled_requests_enabled'),
        ...valuesAt(block, 'rule.visibility_config.sampled_requests_enabled'),
      ].some((one) => one !== false)
        ? [{ at: 'visibility_config.sampled_requests_enabled', seen: 'true', wanted: 'false' }]
        : [],
  },
  {
    id: 'balancer-waits-for-the-internet',
    wants:
      'a load balancer of the internet is made after the way there: AWS refuses it otherwise, now and then',
    severity: 'high',
    types: [BALANCER],
    judge: where(
      ({ block }) => !valuesAt(block, 'internal').includes(true),
      ({ block }, stack) => {
        const waits = valuesAt(block, 'depends_on').flatMap((address) => stack.at(String(address)) ?? [])
        return waits.some((one) => one.type === 'aws_route' && valuesAt(one.block, 'gateway_id').length > 0)
          ? []
          : [
              {
                at: 'depends_on',
                seen: shown(valuesAt(block, 'depends_on')),
                wanted: 'the route to the internet gateway',
              },
            ]
      },
    ),
  },
  {
    id: 'redirect-waits-for-its-target',
    wants: 'a listener that sends to HTTPS is made after the one that listens there',
    severity: 'medium',
    types: [LISTENER],
    judge: where(
      ({ block }) => valuesAt(block, 'default_action.redirect.protocol').includes('HTTPS'),
      ({ block }, stack) => {
        const secure = stack.all(LISTENER).filter((one) => valuesAt(one.block, 'protocol').includes('HTTPS'))
        return secure.some(({ address }) => valuesAt(block, 'depends_on').includes(address))
          ? []
          : [
              {
                at: 'depends_on',
                seen: shown(valuesAt(block, 'depends_on')),
                wanted: 'the listener of HTTPS',
              },
            ]
      },
    ),
  },
  {
    id: 'balancer-may-write-its-log',
    wants:
      "the bucket of a load balancer's log lets it in as AWS documents, with the only encryption that it can",
    severity: 'critical',
    types: [BALANCER],
    judge: ({ block }, stack) => {
      const buckets = stack.referredBy(valuesAt(block, 'access_logs.bucket'))
      const [prefix = ''] = valuesAt(block, 'access_logs.prefix')
      return buckets.flatMap((bucket) => [
        ...letsLogsIn(bucket, String(prefix), stack),
        ...(encryptionOf(bucket, stack).some((one) => one !== 'AES256')
          ? [{ at: 'access_logs.bucket', seen: shown(encryptionOf(bucket, stack)), wanted: 'AES256' }]
          : []),
      ])
    },
  },
  {
    id: 'certificate-wait-ends',
    wants: 'a deploy does not wait for more than half an hour for a certificate that nobody proves',
    severity: 'medium',
    types: ['aws_acm_certificate_validation'],
    judge: attribute('timeouts.create', matching(/^([1-9]|[12]\d|30)m$/, '30m or less')),
  },
  {
    id: 'certificate-name-short-enough',
    wants: 'the first name of a certificate has at most 64 characters',
    severity: 'high',
    types: ['aws_acm_certificate'],
    judge: attribute('domain_name', {
      says: 'at most 64 characters',
      holds: (value) => String(value).length <= 64,
    }),
  },
  {
    id: 'certificate-without-wildcard',
    wants: 'a certificate names the host that it is for',
    severity: 'low',
    types: ['aws_acm_certificate'],
    judge: ({ block }) =>
      [...valuesAt(block, 'domain_name'), ...valuesAt(block, 'subject_alternative_names')]
        .filter((name) => String(name).includes('*'))
        .map((name) => ({ at: 'domain_name', seen: shown(name), wanted: 'a name without *' })),
  },
  {
    id: 'firewall-measured',
    wants: 'each rule of a firewall is counted',
    severity: 'low',
    types: ['aws_wafv2_web_acl'],
    judge: all(
      attribute('visibility_config.cloudwatch_metrics_enabled', oneOf(true), false),
      attribute('rule.visibility_config.cloudwatch_metrics_enabled', oneOf(true), false),
    ),
  },
  {
    id: 'firewall-knows-bad-inputs',
    wants: 'a firewall knows the inputs of known attacks, Log4j among them, and blocks them',
    severity: 'medium',
    types: ['aws_wafv2_web_acl'],
    judge: managed('AWSManagedRulesKnownBadInputsRuleSet'),
  },
  {
    id: 'firewall-knows-anonymous-addresses',
    wants: 'a firewall knows the addresses of proxies and hosting, and blocks them',
    severity: 'low',
    types: ['aws_wafv2_web_acl'],
    judge: managed('AWSManagedRulesAnonymousIpList'),
  },
  {
    id: 'record-leads-somewhere',
    wants:
      'an address in DNS is that of something here: a record that is left over is taken by somebody else',
    severity: 'high',
    types: ['aws_route53_record'],
    judge: where(
      ({ block }) => valuesAt(block, 'type').some((type) => type === 'A' || type === 'AAAA'),
      ({ block }, stack) =>
        stack.referredBy([valuesAt(block, 'alias.name'), valuesAt(block, 'records')]).length > 0
          ? []
          : [
              {
                at: 'alias.name',
                seen: shown([...valuesAt(block, 'alias.name'), ...valuesAt(block, 'records')]),
                wanted: 'a reference to a resource',
              },
            ],
    ),
  },
  {
    id: 'firewall-limits-rates',
    wants: 'a firewall limits what one address may ask',
    severity: 'medium',
    types: ['aws_wafv2_web_acl'],
    judge: someOf('rule.statement.rate_based_statement.limit', {
      says: '10 to 2,000,000,000',
      holds: (value) => typeof value === 'number' && value >= 10,
    }),
  },
]

/** A group of AWS's own rules that is there and does what it says. */
function managed(name: string): Rule['judge'] {
  return ({ block }) => {
    const rules = valuesAt(block, 'rule').filter((rule) =>
      valuesAt(rule, 'statement.managed_rule_group_statement.name').includes(name),
    )
    const isBlocking = rules.some(
      (rule) =>
        valuesAt(rule, 'override_action.none').length > 0 &&
        ['excluded_rule', 'rule_action_override'].every(
          (at) => valuesAt(rule, `statement.managed_rule_group_statement.${at}`).length === 0,
        ),
    )
    return isBlocking
      ? []
      : [{ at: 'rule', seen: rules.length === 0 ? 'nothing' : 'only counted', wanted: name }]
  }
}

/** Whether whoever comes without TLS is sent to where it is spoken; a redirect without a port stays on its own. */
function sendsToTls({ block }: Resource): boolean {
  return valuesAt(block, 'default_action.redirect').some(
    (redirect) =>
      valuesAt(redirect, 'protocol').includes('HTTPS') && valuesAt(redirect, 'port').includes('443'),
  )
}

/** Nothing where the service that delivers logs may put them below the prefix, whatever it says of where it comes from. */
function letsLogsIn(bucket: Resource, prefix: string, stack: StackJson): ReturnType<Rule['judge']> {
  const may = stack
    .referring(bucket, 'aws_s3_bucket_policy', 'bucket')
    .flatMap(statementsOf)
    .some(
      ({ effect, principals, actions, resources, conditions }) =>
        effect === 'Allow' &&
        principals.includes('Service:logdelivery.elasticloadbalancing.amazonaws.com') &&
        actions.includes('s3:PutObject') &&
        conditions.length === 0 &&
        resources.some((one) => one.includes(`}${prefix === '' ? '' : `/${prefix}`}/AWSLogs/`)),
    )
  return may
    ? []
    : [
        {
          at: 'access_logs.bucket',
          seen: `${bucket.path} does not let it in`,
          wanted: 's3:PutObject for logdelivery.elasticloadbalancing.amazonaws.com',
        },
      ]
}

function encryptionOf(bucket: Resource, stack: StackJson): readonly unknown[] {
  return stack
    .referring(bucket, 'aws_s3_bucket_server_side_encryption_configuration', 'bucket')
    .flatMap(({ block }) => valuesAt(block, 'rule.apply_server_side_encryption_by_default.sse_algorithm'))
}
