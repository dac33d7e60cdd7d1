import type { Environment } from '@cartwright/environments'
import { ElasticacheParameterGroup } from '#aws/elasticache-parameter-group'
import { ElasticacheReplicationGroup } from '#aws/elasticache-replication-group'
import { ElasticacheSubnetGroup } from '#aws/elasticache-subnet-group'
import { Construct, DataResource, type TerraformResource } from '#terraform'
import type { Key } from '../base/key.ts'
import { LogGroup } from '../base/log-group.ts'
import type { Role } from '../base/role.ts'
import { SecurityGroup } from '../base/security-group.ts'
import type { Network } from '../network/network.ts'
import { CacheToken } from './token.ts'

type Settings = Pick<
  Environment,
  | 'cacheNodeType'
  | 'cacheNodes'
  | 'cacheMultiAz'
  | 'cacheSnapshotDays'
  | 'zones'
  | 'lastCopies'
  | 'logRetentionDays'
>

export interface CacheProps extends Settings {
  /** The replication group's id. */
  readonly name: string
  readonly network: Network
  readonly key: Key
}

export const REDIS_PORT = 6379
/** Of parameters: Redis 7, also 7.1. */
const FAMILY = 'redis7'

/**
 * Redis in front of the table: a primary and its replicas, cluster mode off, TLS and a token required. It holds what can
 * be read again from the table, so losing it costs speed; but an evicted fence would show an old cart, so nothing is
 * ever evicted.
 *
 * Cost: a node a month $12 (cache.t4g.micro), $25 (cache.t4g.small) or $177 (cache.r7g.large); traffic between zones
 * $0.01 for each GB and direction; $0.085 a month for each GB of snapshots; $0.40 a month for the secret.
 */
export class Cache extends Construct {
  readonly replicationGroupId: string
  /** The name that follows a failover. */
  readonly primaryEndpoint: string
  /** Before it is there, its nodes tell nothing. */
  readonly ready: TerraformResource
  /** Where the token is. */
  readonly secretArn: string
  /** The nodes' ids, which AWS makes of the group's: a plan knows them before the group is there. */
  readonly nodeIds: readonly string[]
  readonly #group: SecurityGroup
  readonly #token: CacheToken

  constructor(scope: Construct, id: string, props: CacheProps) {
    super(scope, id)
    const { name, network, cacheNodes } = props
    this.#group = new SecurityGroup(this, 'group', {
      name,
      description: 'Redis',
      vpcId: network.vpcId,
    })
    this.#token = new CacheToken(this, 'token', { ...props, name: `${name}-redis` })
    const replication = this.#makeReplicationGroup(props)
    this.ready = replication
    this.replicationGroupId = replication.id
    this.primaryEndpoint = replication.primaryEndpointAddress
    this.secretArn = this.#token.secretArn
    this.nodeIds = Array.from({ length: cacheNodes }, (_, index) => `${name}-00${index + 1}`)
  }

  /** What `REDIS_URL` says: TLS, and no password. */
  get url(): string {
    return `rediss://${this.primaryEndpoint}:${REDIS_PORT}`
  }

  /** Lets the members of a group connect, and the role read the token. */
  grantConnect(group: SecurityGroup, role: Role): void {
    this.#group.allowFrom(group, 'api', REDIS_PORT, 'Redis from tasks')
    this.#token.grantRead(role)
  }

  #makeReplicationGroup(props: CacheProps): ElasticacheReplicationGroup {
    const { name, key, cacheNodes, cacheMultiAz, cacheSnapshotDays, zones, lastCopies } = props
    const subnets = new ElasticacheSubnetGroup(this, 'subnets', {
      name,
      description: `Data subnets of ${name}`,
      subnetIds: [...props.network.dataSubnetIds],
    })
    const final =
      lastCopies && cacheSnapshotDays > 0
        ? { finalSnapshotIdentifier: this.#nameLastSnapshot(name, key) }
        : {}
    return new ElasticacheReplicationGroup(this, 'redis', {
      replicationGroupId: name,
      description: `Carts of ${name}`,
      engine: 'redis',
      engineVersion: '7.1',
      nodeType: props.cacheNodeType,
      numCacheClusters: cacheNodes,
      // The first node is the primary and stands in the first zone, where a single task runs too.
      preferredCacheClusterAzs: Array.from(
        { length: cacheNodes },
        (_, index) => zones[index % zones.length] ?? '',
      ),
      automaticFailoverEnabled: cacheNodes > 1,
      multiAzEnabled: cacheMultiAz,
      port: REDIS_PORT,
      parameterGroupName: this.#makeParameters(name).name,
      subnetGroupName: subnets.name,
      securityGroupIds: [this.#group.groupId],
      atRestEncryptionEnabled: 'true',
      kmsKeyId: key.arn,
      transitEncryptionEnabled: true,
      transitEncryptionMode: 'required',
      authToken: this.#token.throwAway,
      snapshotRetentionLimit: cacheSnapshotDays,
      snapshotWindow: '02:00-03:00',
      maintenanceWindow: 'sun:03:30-sun:04:30',
      autoMinorVersionUpgrade: 'true',
      // Where it must not blink by day, changes wait for the window.
      applyImmediately: !lastCopies,
      logDeliveryConfiguration: this.#makeLogs(props),
      ...final,
      // The rotation replaces the token; a plan that put the first one back would lock the API out.
      lifecycle: { ignoreChanges: ['auth_token', 'auth_token_update_strategy'] },
      timeouts: { create: '60m', update: '60m', delete: '60m' },
    })
  }

  #makeParameters(name: string): ElasticacheParameterGroup {
    return new ElasticacheParameterGroup(this, 'parameters', {
      // Another family is another group, made before the old one goes: nobody can delete one that is in use.
      name: `${name}-${FAMILY}`,
      description: `Redis of ${name}: nothing is evicted`,
      family: FAMILY,
      lifecycle: { createBeforeDestroy: true },
      parameter: [{ name: 'maxmemory-policy', value: 'noeviction' }],
    })
  }

  #makeLogs(props: CacheProps) {
    return (['slow', 'engine'] as const).map((kind) => {
      const group = new LogGroup(this, `${kind}-log`, { ...props, name: `/${props.name}/redis/${kind}` })
      return {
        logType: `${kind}-log`,
        logFormat: 'json',
        destinationType: 'cloudwatch-logs',
        destination: group.name,
      }
    })
  }

  /** Snapshots outlive the group, and no two have one name: the moment of the group's birth tells them apart. */
  #nameLastSnapshot(name: string, key: Key): string {
    const birth = new DataResource(this, 'birth', {
      // What replaces the group, beside its name.
      triggersReplace: { key: key.arn },
      input: { at: `\${formatdate("YYYYMMDDhhmm", timestamp())}` },
      lifecycle: { ignoreChanges: ['input'] },
    })
    return `${name}-${birth.getStringAttribute('output.at')}`
  }
}
