import type {
  ActionConfiguration,
  ConditionConfiguration,
  ListenerConfiguration,
  LoadBalancerAttributes,
  LoadBalancerConfiguration,
  RuleConfiguration,
  TargetGroupConfiguration,
} from '../declared/configuration.ts'

/** What AWS takes where nothing is said. */
export const ATTRIBUTES: LoadBalancerAttributes = {
  idleTimeout: 60,
  clientKeepAlive: 3600,
  dropsInvalidHeaderFields: false,
  preservesHostHeader: false,
  forwardedFor: 'append',
  addsClientPort: false,
  addsTlsHeaders: false,
}

export const GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/1'

export function group(changes: Partial<TargetGroupConfiguration> = {}): TargetGroupConfiguration {
  return {
    arn: GROUP,
    name: 'api',
    protocol: 'HTTP',
    healthCheck: {
      isEnabled: true,
      protocol: 'HTTP',
      path: '/ready',
      matcher: '200',
      interval: 10,
      timeout: 2,
      healthyThreshold: 3,
      unhealthyThreshold: 2,
    },
    algorithm: 'round_robin',
    slowStart: 0,
    deregistrationDelay: 30,
    minimumHealthy: { count: 1, percentage: 0 },
    ...changes,
  }
}

export const FORWARD: ActionConfiguration = { type: 'forward', groups: [{ arn: GROUP, weight: 1 }] }

export function rule(
  action: ActionConfiguration,
  priority: number | 'default' = 'default',
  conditions: readonly ConditionConfiguration[] = [],
): RuleConfiguration {
  return { arn: `arn:rule/${priority}`, priority, conditions, action }
}

export function listener(changes: Partial<ListenerConfiguration> = {}): ListenerConfiguration {
  return { arn: 'arn:listener', port: 80, tellsServer: true, rules: [rule(FORWARD)], ...changes }
}

/** One listener on port 80 that forwards everything to one group, unless it is said otherwise. */
export function balancer(
  changes: Partial<Omit<LoadBalancerConfiguration, 'attributes'>> & {
    readonly attributes?: Partial<LoadBalancerAttributes>
  } = {},
): LoadBalancerConfiguration {
  return {
    arn: 'arn:balancer',
    name: 'shop',
    dnsName: 'shop-1.eu-west-1.elb.amazonaws.com',
    listeners: [listener()],
    targetGroups: [group()],
    notPlayed: [],
    ...changes,
    attributes: { ...ATTRIBUTES, ...changes.attributes },
  }
}
