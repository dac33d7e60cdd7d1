import type { Environment, Names } from '@cartwright/environments'
import { Lb } from '#aws/lb'
import { LbListener } from '#aws/lb-listener'
import { LbListenerRule } from '#aws/lb-listener-rule'
import { LbTargetGroup } from '#aws/lb-target-group'
import { Construct, type TerraformResource } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Place } from '../base/place.ts'
import { SecurityGroup } from '../base/security-group.ts'
import type { Network } from '../network/network.ts'
import { AccessLog } from './access-log.ts'
import { Domain } from './domain.ts'
import { Firewall } from './firewall.ts'
import { problemJson } from './problem.ts'

type Settings = Pick<
  Environment,
  | 'domainName'
  | 'hostedZoneId'
  | 'certificateArn'
  | 'firewall'
  | 'requestsPerAddress'
  | 'accessLogs'
  | 'deletionProtection'
  | 'logRetentionDays'
  | 'healthCheckInterval'
  | 'healthCheckTimeout'
  | 'healthyThreshold'
  | 'unhealthyThreshold'
  | 'deregistrationDelay'
  | 'slowStart'
  | 'idleTimeout'
>

export interface LoadBalancerProps extends Settings {
  readonly names: Pick<Names, 'loadBalancer' | 'targetGroup' | 'firewall' | 'base'>
  readonly place: Place
  readonly key: Key
  readonly network: Network
  /** The port that tasks listen on. */
  readonly taskPort: number
}

/** TLS 1.2 with forward secrecy and authenticated ciphers only, or TLS 1.3. */
const TLS_POLICY = 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06'

/** Paths that are for the load balancer and the network inside only. */
const INNER_PATHS = ['/ready', '/ready/', '/metrics', '/metrics/*']

/**
 * The public way in. With a domain: HTTPS, a redirect from HTTP, and only that host name; without one, plain HTTP for
 * whoever knows the address. Whether a task gets requests is what its `/ready` says.
 *
 * Cost: $18 a month and $6 for each capacity unit (25 new connections, 3,000 open ones, 1 GB an hour); $5 a month for
 * the firewall, $1 for each of its rules and $0.60 for a million requests; $7.30 for two public addresses.
 */
export class LoadBalancer extends Construct {
  readonly url: string
  readonly dnsName: string
  readonly arnSuffix: string
  readonly targetGroupArn: string
  readonly targetGroupArnSuffix: string
  readonly securityGroup: SecurityGroup
  /** What has to be there before a service registers its tasks: the rule that makes the target group one of this balancer. */
  readonly forwarding: TerraformResource
  readonly #props: LoadBalancerProps

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id)
    this.#props = props
    const { domainName } = props
    this.securityGroup = this.#openDoors()
    const balancer = this.#makeBalancer()
    const domain = this.#makeDomain(balancer)
    const group = this.#makeTargetGroup()
    const listener = domain === undefined ? this.#listen(balancer) : this.#listenSecurely(balancer, domain)
    this.#closeInnerPaths(listener)
    this.forwarding = this.#forward(listener, group)
    if (domain !== undefined && props.firewall)
      new Firewall(this, 'firewall', { ...props, balancerArn: balancer.arn })
    this.dnsName = balancer.dnsName
    this.url = domainName === undefined ? `http://${balancer.dnsName}` : `https://${domainName}`
    this.arnSuffix = balancer.arnSuffix
    this.targetGroupArn = group.arn
    this.targetGroupArnSuffix = group.arnSuffix
  }

  #openDoors(): SecurityGroup {
    const { names, network, domainName } = this.#props
    const group = new SecurityGroup(this, 'group', {
      name: `${names.base}-load-balancer`,
      description: 'Load balancer',
      vpcId: network.vpcId,
    })
    group.allowFromAnywhere('http', 80, domainName === undefined ? 'HTTP' : 'HTTP, to be sent to HTTPS')
    if (domainName !== undefined) group.allowFromAnywhere('https', 443, 'HTTPS')
    return group
  }

  #makeBalancer(): Lb {
    const { names, network, accessLogs, deletionProtection, idleTimeout } = this.#props
    const log = accessLogs ? new AccessLog(this, 'access-log', this.#props) : undefined
    return new Lb(this, 'balancer', {
      name: names.loadBalancer,
      loadBalancerType: 'application',
      internal: false,
      subnets: [...network.publicSubnetIds],
      securityGroups: [this.securityGroup.groupId],
      dropInvalidHeaderFields: true,
      enableHttp2: true,
      enableDeletionProtection: deletionProtection,
      idleTimeout,
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
      ...(log === undefined ? {} : { accessLogs: log.config }),
      // AWS refuses one of the internet in a network that has no way there yet.
      dependsOn: [network.internetRoute, ...(log === undefined ? [] : [log.ready])],
    })
  }

  #makeDomain(balancer: Lb): Domain | undefined {
    const { domainName } = this.#props
    if (domainName === undefined) return undefined
    return new Domain(this, 'domain', { ...this.#props, domainName, balancer })
  }

  #makeTargetGroup(): LbTargetGroup {
    const { names, network, taskPort, ...settings } = this.#props
    return new LbTargetGroup(this, 'targets', {
      name: names.targetGroup,
      targetType: 'ip',
      protocol: 'HTTP',
      port: taskPort,
      vpcId: network.vpcId,
      deregistrationDelay: String(settings.deregistrationDelay),
      slowStart: settings.slowStart,
      healthCheck: {
        path: '/ready',
        matcher: '200',
        interval: settings.healthCheckInterval,
        timeout: settings.healthCheckTimeout,
        healthyThreshold: settings.healthyThreshold,
        unhealthyThreshold: settings.unhealthyThreshold,
      },
    })
  }

  #listen(balancer: Lb): LbListener {
    return new LbListener(this, 'http', {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [notFound()],
    })
  }

  #listenSecurely(balancer: Lb, domain: Domain): LbListener {
    const listener = new LbListener(this, 'https', {
      loadBalancerArn: balancer.arn,
      port: 443,
      protocol: 'HTTPS',
      sslPolicy: TLS_POLICY,
      certificateArn: domain.certificateArn,
      defaultAction: [notFound()],
    })
    new LbListener(this, 'http', {
      loadBalancerArn: balancer.arn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: [
        { type: 'redirect', redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' } },
      ],
      // Nobody is sent where nobody listens yet.
      dependsOn: [listener],
    })
    return listener
  }

  #closeInnerPaths(listener: LbListener): void {
    new LbListenerRule(this, 'inner-paths', {
      listenerArn: listener.arn,
      priority: 1,
      condition: [{ pathPattern: { values: INNER_PATHS } }],
      action: [notFound()],
    })
  }

  #forward(listener: LbListener, group: LbTargetGroup): LbListenerRule {
    const { domainName } = this.#props
    return new LbListenerRule(this, 'api', {
      listenerArn: listener.arn,
      priority: 10,
      condition: [
        domainName === undefined
          ? { pathPattern: { values: ['/*'] } }
          : { hostHeader: { values: [domainName] } },
      ],
      action: [{ type: 'forward', targetGroupArn: group.arn }],
    })
  }
}

function notFound() {
  const messageBody = problemJson('not-found', 404, 'Not found')
  return {
    type: 'fixed-response',
    fixedResponse: { contentType: 'application/json', statusCode: '404', messageBody },
  }
}
