import { pages } from '../../clients/pages.ts'
import { RehearsalProblem } from '../../problem.ts'
import { directivesOf } from './directives.ts'
import type {
  CacheClusterDescription,
  ElastiCacheApi,
  EndpointDescription,
  MemberDescription,
  NodeGroupDescription,
  ReplicationGroupDescription,
} from './elasticache.ts'
import type { DeclaredNode, Endpoint, ReplicationGroup } from './replication-group.ts'

/** Every replication group of the account and region. */
export async function readReplicationGroups(api: ElastiCacheApi): Promise<readonly ReplicationGroup[]> {
  const described = await pages(async (marker) => {
    const page = await api.describeReplicationGroups(marker)
    return { items: page.ReplicationGroups, next: page.Marker }
  })
  return Promise.all(described.map((group) => readGroup(api, group)))
}

/**
 * What is to run, from ElastiCache alone.
 *
 * @throws {RehearsalProblem} where there is no such group, or it is of a kind that is not rehearsed
 */
export async function readReplicationGroup(api: ElastiCacheApi, id: string): Promise<ReplicationGroup> {
  return readGroup(api, await describe(api, id))
}

/** The nodes and their roles now: one call, to be made again and again. */
export async function readNodes(api: ElastiCacheApi, id: string): Promise<readonly DeclaredNode[]> {
  return nodesOf(shardOf(await describe(api, id)), id)
}

async function describe(api: ElastiCacheApi, id: string): Promise<ReplicationGroupDescription> {
  const problem = `ElastiCache has no replication group ${id}; wanted: a deployed environment`
  const answer = await api.describeReplicationGroups({ ReplicationGroupId: id }).catch((cause: unknown) => {
    if (!(cause instanceof Error) || cause.name !== 'ReplicationGroupNotFoundFault') throw cause
    throw new RehearsalProblem(problem, { cause })
  })
  const [found] = answer.ReplicationGroups ?? []
  if (found === undefined) throw new RehearsalProblem(problem)
  return found
}

async function readGroup(api: ElastiCacheApi, found: ReplicationGroupDescription): Promise<ReplicationGroup> {
  const id = wanted(found.ReplicationGroupId, 'ReplicationGroupId', 'a replication group')
  const shard = shardOf(found)
  const nodes = nodesOf(shard, id)
  const cluster = await readCluster(api, nodes, id)
  const nodeType = wanted(found.CacheNodeType, 'CacheNodeType', id)
  const parameters = await readParameters(api, cluster.CacheParameterGroup?.CacheParameterGroupName)
  const { directives, notRehearsed } = directivesOf(parameters, nodeType)
  return {
    id,
    engine: cluster.Engine ?? 'redis',
    engineVersion: wanted(cluster.EngineVersion, 'EngineVersion', id),
    nodeType,
    primaryEndpoint: endpointOf(shard.PrimaryEndpoint, 'PrimaryEndpoint', id),
    ...(shard.ReaderEndpoint === undefined
      ? {}
      : { readerEndpoint: endpointOf(shard.ReaderEndpoint, 'ReaderEndpoint', id) }),
    nodes,
    hasTls: found.TransitEncryptionEnabled ?? false,
    asksForToken: found.AuthTokenEnabled ?? false,
    directives,
    notRehearsed: [...notRehearsed, ...notRehearsedOf(found, cluster)],
  }
}

/** All nodes of a group are alike; the first one tells what the group itself does not. */
async function readCluster(
  api: ElastiCacheApi,
  [first]: readonly DeclaredNode[],
  id: string,
): Promise<CacheClusterDescription> {
  const node = wanted(first?.id, 'NodeGroupMembers', id)
  const { CacheClusters: [cluster] = [] } = await api.describeCacheClusters({ CacheClusterId: node })
  return wanted(cluster, `cache cluster ${node}`, id)
}

async function readParameters(
  api: ElastiCacheApi,
  group: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  // In a default group nothing can be set: user guide, "ElastiCache parameter groups".
  if (group === undefined || group.startsWith('default.')) return {}
  const described = await pages(async (marker) => {
    const asked = { CacheParameterGroupName: group, Source: 'user', ...marker }
    const page = await api.describeCacheParameters(asked)
    return { items: page.Parameters, next: page.Marker }
  })
  return Object.fromEntries(
    described.map(({ ParameterName: name = '', ParameterValue: value = '' }) => [name, value]),
  )
}

function shardOf(found: ReplicationGroupDescription): NodeGroupDescription {
  const { ReplicationGroupId: id = '', NodeGroups: [shard, ...others] = [] } = found
  if (found.ClusterEnabled === true || others.length > 0)
    throw new RehearsalProblem(
      `replication group ${id} has cluster mode enabled; wanted: disabled, shards are not rehearsed`,
    )
  return wanted(shard, 'NodeGroups', id)
}

function nodesOf({ NodeGroupMembers: members = [] }: NodeGroupDescription, id: string): DeclaredNode[] {
  return members.map((member) => nodeOf(member, id))
}

function nodeOf(member: MemberDescription, group: string): DeclaredNode {
  const id = wanted(member.CacheClusterId, 'CacheClusterId', group)
  return {
    id,
    zone: member.PreferredAvailabilityZone ?? '',
    role: member.CurrentRole === 'primary' ? 'primary' : 'replica',
    endpoint: endpointOf(member.ReadEndpoint, 'ReadEndpoint', id),
  }
}

function endpointOf(found: EndpointDescription | undefined, field: string, of: string): Endpoint {
  return { host: wanted(found?.Address, field, of), port: wanted(found?.Port, field, of) }
}

function notRehearsedOf(
  found: ReplicationGroupDescription,
  { Engine: engine = 'redis', EngineVersion: version = '' }: CacheClusterDescription,
): readonly string[] {
  const users = found.UserGroupIds ?? []
  const logs = found.LogDeliveryConfigurations ?? []
  const left: readonly (readonly [boolean, string])[] = [
    [engine !== 'redis', `engine ${engine} ${version}: redis-server plays it`],
    [
      found.TransitEncryptionEnabled === true && found.TransitEncryptionMode === 'preferred',
      'transit encryption mode preferred: connections without TLS are refused',
    ],
    [users.length > 0, `user groups ${users.join(', ')}: there is the default user alone`],
    [(found.SnapshotRetentionLimit ?? 0) > 0, 'snapshots: none is made'],
    [
      logs.length > 0,
      `log delivery of ${logs.map(({ LogType: type }) => type).join(', ')}: nothing is delivered`,
    ],
  ]
  return left.flatMap(([applies, what]) => (applies ? [what] : []))
}

function wanted<T>(value: T | undefined, field: string, of: string): T {
  if (value === undefined || value === '')
    throw new RehearsalProblem(`ElastiCache tells no ${field} of ${of}; wanted: one`)
  return value
}
