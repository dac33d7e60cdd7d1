/**
 * What is asked of the ElastiCache API (version 2015-02-02), with the names of its reference. The SDK's client
 * (`ElastiCache` of `@aws-sdk/client-elasticache`) has these methods.
 */
export interface ElastiCacheApi {
  describeReplicationGroups(input: {
    ReplicationGroupId?: string
    Marker?: string
  }): Promise<Answer<{ ReplicationGroups: readonly ReplicationGroupDescription[]; Marker: string }>>
  describeCacheClusters(input: {
    CacheClusterId: string
  }): Promise<Answer<{ CacheClusters: readonly CacheClusterDescription[] }>>
  describeCacheParameters(input: {
    CacheParameterGroupName: string
    Source: string
    Marker?: string
  }): Promise<Answer<{ Parameters: readonly ParameterDescription[]; Marker: string }>>
}

/** AWS leaves out what is not set. */
type Answer<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

export type ReplicationGroupDescription = Answer<{
  ReplicationGroupId: string
  ClusterEnabled: boolean
  NodeGroups: readonly NodeGroupDescription[]
  CacheNodeType: string
  TransitEncryptionEnabled: boolean
  TransitEncryptionMode: string
  AuthTokenEnabled: boolean
  UserGroupIds: readonly string[]
  SnapshotRetentionLimit: number
  LogDeliveryConfigurations: readonly Answer<{ LogType: string }>[]
}>

export type NodeGroupDescription = Answer<{
  PrimaryEndpoint: EndpointDescription
  ReaderEndpoint: EndpointDescription
  NodeGroupMembers: readonly MemberDescription[]
}>

export type MemberDescription = Answer<{
  CacheClusterId: string
  CurrentRole: string
  PreferredAvailabilityZone: string
  ReadEndpoint: EndpointDescription
}>

export type EndpointDescription = Answer<{ Address: string; Port: number }>

export type CacheClusterDescription = Answer<{
  Engine: string
  EngineVersion: string
  CacheParameterGroup: Answer<{ CacheParameterGroupName: string }>
}>

export type ParameterDescription = Answer<{ ParameterName: string; ParameterValue: string }>
