import { RehearsalProblem } from '../../problem.ts'
import type { Attributes } from './attributes.ts'
import type {
  HealthCheckConfiguration,
  StickinessConfiguration,
  TargetGroupConfiguration,
} from './configuration.ts'
import type { TargetGroupDescription } from './elbv2.ts'

/**
 * Defaults are those of the AWS API reference: `TargetGroupAttribute` and `CreateTargetGroup`.
 *
 * @throws {RehearsalProblem} where targets are of a kind, or talk a protocol, that cannot be played here
 */
export function readTargetGroup(
  described: TargetGroupDescription,
  attributes: Attributes,
): TargetGroupConfiguration {
  const { TargetGroupArn: arn = '', TargetGroupName: name = '', TargetType: type = 'instance' } = described
  const { Protocol: protocol, ProtocolVersion: version = 'HTTP1' } = described
  if (type !== 'ip' && type !== 'instance')
    throw new RehearsalProblem(`the target group ${name} has targets of type ${type}: not played`)
  if (protocol !== 'HTTP' && protocol !== 'HTTPS')
    throw new RehearsalProblem(`the target group ${name} talks ${protocol}: HTTP and HTTPS are played`)
  if (version !== 'HTTP1')
    throw new RehearsalProblem(`the target group ${name} talks ${version}: HTTP1 is played`)
  const stickiness = readStickiness(attributes)
  return {
    arn,
    name,
    protocol,
    healthCheck: readHealthCheck(described),
    algorithm: readAlgorithm(name, attributes),
    slowStart: attributes.number('slow_start.duration_seconds', 0),
    deregistrationDelay: attributes.number('deregistration_delay.timeout_seconds', 300),
    ...(stickiness === undefined ? {} : { stickiness }),
    minimumHealthy: {
      count: attributes.threshold(
        'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count',
        1,
      ),
      percentage: attributes.threshold(
        'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage',
        0,
      ),
    },
  }
}

function readHealthCheck(described: TargetGroupDescription): HealthCheckConfiguration {
  const { HealthCheckPort: port = 'traffic-port' } = described
  return {
    isEnabled: described.HealthCheckEnabled ?? true,
    protocol: described.HealthCheckProtocol === 'HTTPS' ? 'HTTPS' : 'HTTP',
    ...(port === 'traffic-port' ? {} : { port: Number(port) }),
    path: described.HealthCheckPath ?? '/',
    matcher: described.Matcher?.HttpCode ?? '200',
    interval: described.HealthCheckIntervalSeconds ?? 30,
    timeout: described.HealthCheckTimeoutSeconds ?? 5,
    healthyThreshold: described.HealthyThresholdCount ?? 5,
    unhealthyThreshold: described.UnhealthyThresholdCount ?? 2,
  }
}

function readAlgorithm(name: string, attributes: Attributes): TargetGroupConfiguration['algorithm'] {
  const algorithm = attributes.text('load_balancing.algorithm.type', 'round_robin')
  switch (algorithm) {
    case 'round_robin':
    case 'least_outstanding_requests':
    case 'weighted_random':
      return algorithm
    default:
      throw new RehearsalProblem(`the target group ${name} is balanced by ${algorithm}: not played`)
  }
}

function readStickiness(attributes: Attributes): StickinessConfiguration | undefined {
  if (!attributes.isOn('stickiness.enabled', false)) return undefined
  if (attributes.text('stickiness.type', 'lb_cookie') === 'lb_cookie')
    return { type: 'lb_cookie', duration: attributes.number('stickiness.lb_cookie.duration_seconds', 86_400) }
  return {
    type: 'app_cookie',
    cookie: attributes.text('stickiness.app_cookie.cookie_name', ''),
    duration: attributes.number('stickiness.app_cookie.duration_seconds', 86_400),
  }
}
