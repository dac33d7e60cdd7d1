import { pages } from '../../clients/pages.ts'
import { RehearsalProblem } from '../../problem.ts'
import { Attributes } from './attributes.ts'
import type {
  CertificateConfiguration,
  ListenerConfiguration,
  LoadBalancerAttributes,
  LoadBalancerConfiguration,
  RuleConfiguration,
  TargetGroupConfiguration,
} from './configuration.ts'
import type { Elbv2, ListenerDescription } from './elbv2.ts'
import { readRule } from './read-rule.ts'
import { readTargetGroup } from './read-target-group.ts'

/** Which one is meant. */
export type Which = { readonly arn: string } | { readonly name: string }

/** The host names that a certificate is for; ACM tells them by `DescribeCertificate`. */
export type NamesOfCertificate = (arn: string) => Promise<readonly string[]>

/**
 * Reads all that is declared of a load balancer from the API, and nothing else.
 *
 * @throws {RehearsalProblem} where there is none, or where it needs what cannot be played here
 */
export async function readLoadBalancer(
  elbv2: Elbv2,
  which: Which,
  namesOf: NamesOfCertificate,
): Promise<LoadBalancerConfiguration> {
  const wanted = 'arn' in which ? { LoadBalancerArns: [which.arn] } : { Names: [which.name] }
  const { LoadBalancers: [found] = [] } = await elbv2.describeLoadBalancers(wanted)
  const called = 'arn' in which ? which.arn : which.name
  if (found === undefined) throw new RehearsalProblem(`there is no load balancer ${called}`)
  const { LoadBalancerArn: arn = '', LoadBalancerName: name = '', DNSName: dnsName = '' } = found
  if ((found.Type ?? 'application') !== 'application')
    throw new RehearsalProblem(
      `the load balancer ${name} is a ${found.Type} one: an application one is played`,
    )

  const notPlayed: string[] = []
  const { Attributes: described } = await elbv2.describeLoadBalancerAttributes({ LoadBalancerArn: arn })
  const attributes = readAttributes(new Attributes(described), notPlayed)
  const listeners: ListenerConfiguration[] = []
  for (const listener of await everyListener(elbv2, arn))
    listeners.push(await readListener(elbv2, listener, namesOf, notPlayed))
  const targetGroups = await readTargetGroups(elbv2, listeners, notPlayed)
  return { arn, name, dnsName, attributes, listeners, targetGroups, notPlayed }
}

/** AWS API reference: `LoadBalancerAttribute`. */
function readAttributes(attributes: Attributes, notPlayed: string[]): LoadBalancerAttributes {
  const forwardedFor = attributes.text('routing.http.xff_header_processing.mode', 'append')
  if (attributes.isOn('routing.http2.enabled', true)) notPlayed.push('HTTP/2 towards clients')
  if (attributes.isOn('access_logs.s3.enabled', false)) notPlayed.push('access logs in S3')
  if (attributes.isOn('connection_logs.s3.enabled', false)) notPlayed.push('connection logs in S3')
  const desync = attributes.text('routing.http.desync_mitigation_mode', 'defensive')
  if (desync !== 'strictest')
    notPlayed.push(
      `desync mitigation mode ${desync}: what does not comply with HTTP/1.1 is refused, as by strictest`,
    )
  return {
    idleTimeout: attributes.number('idle_timeout.timeout_seconds', 60),
    clientKeepAlive: attributes.number('client_keep_alive.seconds', 3600),
    dropsInvalidHeaderFields: attributes.isOn('routing.http.drop_invalid_header_fields.enabled', false),
    preservesHostHeader: attributes.isOn('routing.http.preserve_host_header.enabled', false),
    forwardedFor: forwardedFor === 'preserve' || forwardedFor === 'remove' ? forwardedFor : 'append',
    addsClientPort: attributes.isOn('routing.http.xff_client_port.enabled', false),
    addsTlsHeaders: attributes.isOn('routing.http.x_amzn_tls_version_and_cipher_suite.enabled', false),
  }
}

async function everyListener(elbv2: Elbv2, arn: string): Promise<ListenerDescription[]> {
  return pages(async (marker) => {
    const page = await elbv2.describeListeners({ LoadBalancerArn: arn, ...marker })
    return { items: page.Listeners, next: page.NextMarker }
  })
}

async function readListener(
  elbv2: Elbv2,
  described: ListenerDescription,
  namesOf: NamesOfCertificate,
  notPlayed: string[],
): Promise<ListenerConfiguration> {
  const { ListenerArn: arn = '', Port: port = 0, Protocol: protocol, SslPolicy: policy = '' } = described
  if (protocol !== 'HTTP' && protocol !== 'HTTPS')
    throw new RehearsalProblem(`the listener on port ${port} talks ${protocol}: HTTP and HTTPS are played`)
  const mutual = described.MutualAuthentication?.Mode ?? 'off'
  if (mutual !== 'off')
    throw new RehearsalProblem(
      `the listener on port ${port} asks clients for certificates (${mutual}): not played`,
    )
  const attributes = new Attributes((await elbv2.describeListenerAttributes({ ListenerArn: arn })).Attributes)
  for (const key of [
    ...attributes.keys('routing.http.request.'),
    ...attributes.keys('routing.http.response.'),
  ])
    if (key !== 'routing.http.response.server.enabled')
      notPlayed.push(`listener on port ${port}: header modification ${key}`)
  const tls =
    protocol === 'HTTPS' ? { tls: { policy, certificates: await readCertificates(elbv2, arn, namesOf) } } : {}
  return {
    arn,
    port,
    ...tls,
    tellsServer: attributes.isOn('routing.http.response.server.enabled', true),
    rules: await readRules(elbv2, arn),
  }
}

async function readCertificates(
  elbv2: Elbv2,
  arn: string,
  namesOf: NamesOfCertificate,
): Promise<CertificateConfiguration[]> {
  const described = await pages(async (marker) => {
    const page = await elbv2.describeListenerCertificates({ ListenerArn: arn, ...marker })
    return { items: page.Certificates, next: page.NextMarker }
  })
  // A certificate can be both the default and in the list.
  const ofDefault = described.filter(({ IsDefault }) => IsDefault === true)
  const arns = new Set([...ofDefault, ...described].map(({ CertificateArn = '' }) => CertificateArn))
  return Promise.all([...arns].map(async (arn) => ({ arn, names: await namesOf(arn) })))
}

/** "From the lowest value to the highest value. The default rule is evaluated last." AWS: "Listener rules". */
async function readRules(elbv2: Elbv2, arn: string): Promise<RuleConfiguration[]> {
  const described = await pages(async (marker) => {
    const page = await elbv2.describeRules({ ListenerArn: arn, ...marker })
    return { items: page.Rules, next: page.NextMarker }
  })
  const order = ({ priority }: RuleConfiguration): number => (priority === 'default' ? Infinity : priority)
  return described.map(readRule).sort((one, other) => (order(one) < order(other) ? -1 : 1))
}

async function readTargetGroups(
  elbv2: Elbv2,
  listeners: readonly ListenerConfiguration[],
  notPlayed: string[],
): Promise<TargetGroupConfiguration[]> {
  const actions = listeners.flatMap(({ rules }) => rules.map(({ action }) => action))
  const arns = new Set(
    actions.flatMap((action) => (action.type === 'forward' ? action.groups.map(({ arn }) => arn) : [])),
  )
  const groups: TargetGroupConfiguration[] = []
  for (const arn of arns) {
    const { TargetGroups: [described] = [] } = await elbv2.describeTargetGroups({ TargetGroupArns: [arn] })
    if (described === undefined) throw new RehearsalProblem(`there is no target group ${arn}`)
    const { Attributes: attributes } = await elbv2.describeTargetGroupAttributes({ TargetGroupArn: arn })
    const group = readTargetGroup(described, new Attributes(attributes))
    groups.push(group)
    if (new Attributes(attributes).text('load_balancing.algorithm.anomaly_mitigation', 'off') === 'on')
      notPlayed.push(`target group ${group.name}: anomaly mitigation`)
  }
  return groups
}
