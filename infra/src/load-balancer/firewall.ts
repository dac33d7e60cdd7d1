import type { Environment, Names } from '@cartwright/environments'
import { Wafv2WebAcl } from '#aws/wafv2-web-acl'
import { Wafv2WebAclAssociation } from '#aws/wafv2-web-acl-association'
import { Wafv2WebAclLoggingConfiguration } from '#aws/wafv2-web-acl-logging-configuration'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import { LogGroup } from '../base/log-group.ts'
import { problemJson } from './problem.ts'

export interface FirewallProps extends Pick<Environment, 'requestsPerAddress' | 'logRetentionDays'> {
  readonly names: Pick<Names, 'firewall'>
  readonly key: Key
  readonly balancerArn: string
}

/** What the log shows as REDACTED: whoever knows one of them has the cart. Samples know no such list, so there are none. */
const SECRET_HEADERS = ['authorization', 'cookie', 'x-cart-id', 'x-user-id'] as const

/** Answers of our own rules; the managed ones answer 403 without a body of ours. */
const ANSWERS = {
  'too-many-requests': problemJson('too-many-requests', 429, 'Too many requests'),
  'body-too-large': problemJson('body-too-large', 413, 'The body is larger than 64 KiB'),
} as const

/** AWS's rule groups, by the order in which they judge, and the rules of each that only count. */
const MANAGED = [
  // It takes 8 KiB for too large; carts may send 64.
  { name: 'AWSManagedRulesCommonRuleSet', counted: ['SizeRestrictions_BODY'] },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', counted: [] },
  { name: 'AWSManagedRulesAmazonIpReputationList', counted: [] },
] as const

/** A `Content-Length` above 65,536. A rule on the body's size would never match: behind a load balancer AWS WAF sees 8 KiB. */
const LONG_BODY = '^(6553[7-9]|655[4-9][0-9]|65[6-9][0-9]{2}|6[6-9][0-9]{3}|[7-9][0-9]{4}|[0-9]{6,})$'

/**
 * AWS WAF in front of the load balancer: too many requests from one address, bodies that the API would refuse, and AWS's
 * lists of known attacks. A body without `Content-Length` is measured by the API itself.
 *
 * Cost: $5 a month, $1 for each of five rules, $0.60 for a million requests, and its log.
 */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id)
    const { names, balancerArn } = props
    const acl = new Wafv2WebAcl(this, 'acl', {
      name: names.firewall,
      description: 'In front of the API',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      customResponseBody: Object.entries(ANSWERS).map(([key, content]) => ({
        key,
        content,
        contentType: 'APPLICATION_JSON',
      })),
      rule: [rateRule(props.requestsPerAddress), bodyRule(), ...MANAGED.map(managedRule)],
      visibilityConfig: visible(names.firewall),
    })
    new Wafv2WebAclAssociation(this, 'association', { resourceArn: balancerArn, webAclArn: acl.arn })
    this.#log(acl, props)
  }

  /** AWS WAF takes only groups whose names begin so. */
  #log(acl: Wafv2WebAcl, props: FirewallProps): void {
    const group = new LogGroup(this, 'log', { ...props, name: `aws-waf-logs-${props.names.firewall}` })
    new Wafv2WebAclLoggingConfiguration(this, 'logging', {
      resourceArn: acl.arn,
      logDestinationConfigs: [group.arn],
      redactedFields: SECRET_HEADERS.map((name) => ({ singleHeader: { name } })),
    })
  }
}

function rateRule(limit: number) {
  return {
    name: 'rate',
    priority: 0,
    action: answer('too-many-requests', 429),
    statement: { rate_based_statement: { limit, aggregate_key_type: 'IP', evaluation_window_sec: 300 } },
    visibilityConfig: visible('rate'),
  }
}

function bodyRule() {
  return {
    name: 'body',
    priority: 1,
    action: answer('body-too-large', 413),
    statement: {
      regex_match_statement: {
        regex_string: LONG_BODY,
        field_to_match: { single_header: { name: 'content-length' } },
        text_transformation: [{ priority: 0, type: 'NONE' }],
      },
    },
    visibilityConfig: visible('body'),
  }
}

function managedRule({ name, counted }: (typeof MANAGED)[number], index: number) {
  return {
    name,
    priority: 10 + index,
    overrideAction: { none: {} },
    statement: {
      managed_rule_group_statement: {
        vendor_name: 'AWS',
        name,
        rule_action_override: counted.map((rule) => ({ name: rule, action_to_use: { count: {} } })),
      },
    },
    visibilityConfig: visible(name),
  }
}

function answer(customResponseBodyKey: keyof typeof ANSWERS, responseCode: number) {
  return { block: { customResponse: { responseCode, customResponseBodyKey } } }
}

function visible(metricName: string) {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false }
}
