import { type Environment, planSubnets, type ZoneSubnets } from '@cartwright/environments'
import { DefaultSecurityGroup } from '#aws/default-security-group'
import { Eip } from '#aws/eip'
import { FlowLog } from '#aws/flow-log'
import { InternetGateway } from '#aws/internet-gateway'
import { NatGateway } from '#aws/nat-gateway'
import { Route } from '#aws/route'
import { RouteTable } from '#aws/route-table'
import { RouteTableAssociation } from '#aws/route-table-association'
import { Subnet } from '#aws/subnet'
import { Vpc } from '#aws/vpc'
import { VpcEndpoint } from '#aws/vpc-endpoint'
import { Construct, type TerraformResource } from '#terraform'
import type { Key } from '../base/key.ts'
import { LogGroup } from '../base/log-group.ts'
import type { Place } from '../base/place.ts'
import { policyJson, type Statement } from '../base/policy.ts'
import { Role } from '../base/role.ts'
import { SecurityGroup } from '../base/security-group.ts'

type Settings = Pick<
  Environment,
  'cidr' | 'zones' | 'natGateways' | 'interfaceEndpoints' | 'logRetentionDays' | 'ecsExec' | 'traces'
>

export interface NetworkProps extends Settings {
  readonly name: string
  readonly flowLogsRoleName: string
  readonly place: Place
  readonly key: Key
}

/** A tier's subnets, in the order of the zones. */
type Tier = Exclude<keyof ZoneSubnets, 'zone'>

/**
 * The network: for each zone a public, an application and a data subnet. Only the public ones have the internet gateway,
 * application subnets go out by NAT, data subnets not at all.
 *
 * Cost: $35 a month for each NAT gateway and $0.048 for each GB through it; $8 a month for each interface endpoint in
 * each zone; $3.65 for each public address; flow logs as other logs. S3 and DynamoDB have gateways
 * that cost nothing, and images come from S3.
 */
export class Network extends Construct {
  readonly vpcId: string
  readonly publicSubnetIds: readonly string[]
  /** The way from the public subnets to the internet. */
  readonly internetRoute: TerraformResource
  readonly applicationSubnetIds: readonly string[]
  readonly dataSubnetIds: readonly string[]
  readonly #props: NetworkProps
  readonly #plan: readonly ZoneSubnets[]
  #endpointsGroup: SecurityGroup | undefined

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id)
    this.#props = props
    this.#plan = planSubnets(props.cidr, props.zones)
    this.vpcId = this.#makeVpc()
    const publicSubnets = this.#makeSubnets('public')
    const applicationSubnets = this.#makeSubnets('application')
    const dataSubnets = this.#makeSubnets('data')
    this.publicSubnetIds = publicSubnets
    this.applicationSubnetIds = applicationSubnets
    this.dataSubnetIds = dataSubnets
    const { route, nats } = this.#openPublic(publicSubnets)
    this.internetRoute = route
    const tables = this.#routeApplication(applicationSubnets, nats)
    this.#closeData(dataSubnets)
    this.#makeGateways(tables)
    if (props.interfaceEndpoints) this.#makeEndpoints()
    this.#logFlows()
  }

  /** The subnets in which tasks run. */
  taskSubnetIds(taskZones: number): readonly string[] {
    return this.applicationSubnetIds.slice(0, taskZones || undefined)
  }

  /** Lets members of a group reach AWS's services inside the network, where it has endpoints for them. */
  grantEndpoints(group: SecurityGroup, id: string): void {
    this.#endpointsGroup?.allowFrom(group, id, 443, 'HTTPS to AWS services')
  }

  #makeVpc(): string {
    const { name, cidr } = this.#props
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    })
    // Without rules: what is put into it by mistake reaches nothing.
    new DefaultSecurityGroup(this, 'default-group', {
      vpcId: vpc.id,
      tags: { Name: `${name}-default-closed` },
    })
    return vpc.id
  }

  #makeSubnets(tier: Tier): string[] {
    return this.#plan.map((plan) => {
      const subnet = new Subnet(this, `${tier}-${letterOf(plan.zone)}`, {
        vpcId: this.vpcId,
        availabilityZone: plan.zone,
        cidrBlock: plan[tier],
        mapPublicIpOnLaunch: false,
        tags: { Name: `${this.#props.name}-${tier}-${letterOf(plan.zone)}`, Tier: tier },
      })
      return subnet.id
    })
  }

  /** The way to the internet, and NAT in one zone or in all. */
  #openPublic(subnets: readonly string[]): { readonly route: Route; readonly nats: readonly NatGateway[] } {
    const { name, natGateways } = this.#props
    const gateway = new InternetGateway(this, 'internet', { vpcId: this.vpcId, tags: { Name: name } })
    const table = new RouteTable(this, 'public-routes', {
      vpcId: this.vpcId,
      tags: { Name: `${name}-public` },
    })
    const route = new Route(this, 'public-out', {
      routeTableId: table.id,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.id,
    })
    this.#associate('public', subnets, () => table)
    const nats = this.#plan.slice(0, natGateways === 'one' ? 1 : undefined).map(({ zone }, index) => {
      const letter = letterOf(zone)
      const tags = { Name: `${name}-nat-${letter}` }
      const address = new Eip(this, `nat-address-${letter}`, { domain: 'vpc', tags, dependsOn: [gateway] })
      return new NatGateway(this, `nat-${letter}`, {
        allocationId: address.allocationId,
        subnetId: at(subnets, index),
        tags,
      })
    })
    return { route, nats }
  }

  #routeApplication(subnets: readonly string[], nats: readonly NatGateway[]): readonly RouteTable[] {
    const tables = this.#plan.map(({ zone }, index) => {
      const letter = letterOf(zone)
      const table = new RouteTable(this, `application-routes-${letter}`, {
        vpcId: this.vpcId,
        tags: { Name: `${this.#props.name}-application-${letter}` },
      })
      new Route(this, `application-out-${letter}`, {
        routeTableId: table.id,
        destinationCidrBlock: '0.0.0.0/0',
        natGatewayId: at(nats, Math.min(index, nats.length - 1)).id,
      })
      return table
    })
    this.#associate('application', subnets, (index) => at(tables, index))
    return tables
  }

  #closeData(subnets: readonly string[]): void {
    const tags = { Name: `${this.#props.name}-data` }
    const table = new RouteTable(this, 'data-routes', { vpcId: this.vpcId, tags })
    this.#associate('data', subnets, () => table)
  }

  #associate(tier: Tier, subnets: readonly string[], tableOf: (index: number) => RouteTable): void {
    for (const [index, { zone }] of this.#plan.entries()) {
      new RouteTableAssociation(this, `${tier}-route-${letterOf(zone)}`, {
        subnetId: at(subnets, index),
        routeTableId: tableOf(index).id,
      })
    }
  }

  /** S3 holds the layers of images and nothing else that tasks read; tables are those of this account. */
  #makeGateways(tables: readonly RouteTable[]): void {
    const { place } = this.#props
    const layers = `arn:${place.partition}:s3:::prod-${place.region}-starport-layer-bucket/*`
    this.#makeGateway('s3', tables, {
      sid: 'ImageLayers',
      actions: ['s3:GetObject'],
      resources: [layers],
      principals: '*',
    })
    this.#makeGateway('dynamodb', tables, {
      sid: 'OwnTables',
      actions: ['dynamodb:*'],
      principals: '*',
      conditions: { StringEquals: { 'aws:ResourceAccount': place.account } },
    })
  }

  #makeGateway(service: string, tables: readonly RouteTable[], statement: Statement): void {
    new VpcEndpoint(this, `${service}-gateway`, {
      vpcId: this.vpcId,
      serviceName: `com.amazonaws.${this.#props.place.region}.${service}`,
      vpcEndpointType: 'Gateway',
      routeTableIds: tables.map((table) => table.id),
      policy: policyJson([statement]),
      tags: { Name: `${this.#props.name}-${service}` },
    })
  }

  #makeEndpoints(): void {
    const { name, place } = this.#props
    const group = new SecurityGroup(this, 'endpoints', {
      name: `${name}-endpoints`,
      description: 'Interface endpoints of AWS services',
      vpcId: this.vpcId,
    })
    this.#endpointsGroup = group
    for (const service of servicesUsed(this.#props)) {
      new VpcEndpoint(this, `endpoint-${service.replace('.', '-')}`, {
        vpcId: this.vpcId,
        serviceName: `com.amazonaws.${place.region}.${service}`,
        vpcEndpointType: 'Interface',
        subnetIds: [...this.applicationSubnetIds],
        securityGroupIds: [group.groupId],
        privateDnsEnabled: true,
        tags: { Name: `${name}-${service}` },
      })
    }
  }

  #logFlows(): void {
    const { name, flowLogsRoleName, place } = this.#props
    const group = new LogGroup(this, 'flow-log', { ...this.#props, name: `/${name}/network/flows` })
    const role = new Role(this, 'flow-role', {
      name: flowLogsRoleName,
      description: 'Writes the flow logs of the network',
      service: 'vpc-flow-logs.amazonaws.com',
      place,
    })
    group.grantWrite(role, 'WriteFlows')
    // The service looks for its group and stream before it writes.
    role.allow({
      sid: 'FindGroup',
      actions: ['logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
      resources: [place.arn('logs', 'log-group:*')],
    })
    new FlowLog(this, 'flows', {
      vpcId: this.vpcId,
      trafficType: 'ALL',
      logDestinationType: 'cloud-watch-logs',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags: { Name: name },
      dependsOn: [...role.granted],
    })
  }
}

/** What tasks call, apart from S3 and DynamoDB. */
function servicesUsed({ ecsExec, traces }: Settings): readonly string[] {
  return [
    'ecr.api',
    'ecr.dkr',
    'events',
    'logs',
    'secretsmanager',
    ...(ecsExec ? ['kms', 'ssmmessages'] : []),
    ...(traces ? ['xray'] : []),
  ]
}

/** `a` of `eu-west-1a`: construct ids tell the zone, never its place in a list. */
function letterOf(zone: string): string {
  return zone.slice(-1)
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`there is no item ${index} in a list of ${items.length}`)
  return item
}
