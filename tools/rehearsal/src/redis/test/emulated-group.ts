import { ElastiCache } from '@aws-sdk/client-elasticache'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'

/** An emulator of ElastiCache, and groups in it as a deployment makes them. */
export class EmulatedElastiCache {
  readonly aws: LocalAws
  readonly api: ElastiCache

  private constructor(aws: LocalAws) {
    this.aws = aws
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    this.api = new ElastiCache({ endpoint: aws.endpoint, region: 'eu-west-1', credentials })
  }

  static async start(): Promise<EmulatedElastiCache> {
    return new EmulatedElastiCache(await startLocalAws())
  }

  /** With a token there is TLS; without one there is not, unless it is asked for. */
  async makeGroup(id: string, nodes: number, token?: string, tls = token !== undefined): Promise<void> {
    await this.api.createCacheParameterGroup({
      CacheParameterGroupName: id,
      CacheParameterGroupFamily: 'redis7',
      Description: id,
    })
    await this.api.modifyCacheParameterGroup({
      CacheParameterGroupName: id,
      ParameterNameValues: [
        { ParameterName: 'maxmemory-policy', ParameterValue: 'noeviction' },
        { ParameterName: 'activedefrag', ParameterValue: 'no' },
      ],
    })
    await this.api.createReplicationGroup({
      ReplicationGroupId: id,
      ReplicationGroupDescription: id,
      Engine: 'redis',
      EngineVersion: '7.1',
      CacheNodeType: 'cache.t4g.micro',
      CacheParameterGroupName: id,
      NumCacheClusters: nodes,
      AutomaticFailoverEnabled: nodes > 1,
      PreferredCacheClusterAZs: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'].slice(0, nodes),
      TransitEncryptionEnabled: tls,
      ...(token === undefined ? {} : { AuthToken: token }),
    })
  }

  async stop(): Promise<void> {
    this.api.destroy()
    await this.aws.stop()
  }
}
