/**
 * What is asked of the Elastic Load Balancing API (version 2015-12-01), with the names of its reference. The SDK's
 * client (`ElasticLoadBalancingV2` of `@aws-sdk/client-elastic-load-balancing-v2`) has these methods.
 */
export interface Elbv2 {
  describeLoadBalancers(input: {
    LoadBalancerArns?: string[]
    Names?: string[]
  }): Promise<Answer<{ LoadBalancers: readonly LoadBalancerDescription[] }>>
  describeLoadBalancerAttributes(input: {
    LoadBalancerArn: string
  }): Promise<Answer<{ Attributes: readonly AttributeDescription[] }>>
  describeListeners(input: {
    LoadBalancerArn: string
    Marker?: string
  }): Promise<Answer<{ Listeners: readonly ListenerDescription[]; NextMarker: string }>>
  describeListenerAttributes(input: {
    ListenerArn: string
  }): Promise<Answer<{ Attributes: readonly AttributeDescription[] }>>
  describeListenerCertificates(input: {
    ListenerArn: string
    Marker?: string
  }): Promise<Answer<{ Certificates: readonly CertificateDescription[]; NextMarker: string }>>
  describeRules(input: {
    ListenerArn: string
    Marker?: string
  }): Promise<Answer<{ Rules: readonly RuleDescription[]; NextMarker: string }>>
  describeTargetGroups(input: {
    TargetGroupArns: string[]
  }): Promise<Answer<{ TargetGroups: readonly TargetGroupDescription[] }>>
  describeTargetGroupAttributes(input: {
    TargetGroupArn: string
  }): Promise<Answer<{ Attributes: readonly AttributeDescription[] }>>
}

/** AWS leaves out what is not set. */
export type Answer<T> = { readonly [Key in keyof T]?: T[Key] | undefined }

export type LoadBalancerDescription = Answer<{
  LoadBalancerArn: string
  LoadBalancerName: string
  DNSName: string
  Type: string
}>

export type AttributeDescription = Answer<{ Key: string; Value: string }>

export type ListenerDescription = Answer<{
  ListenerArn: string
  Port: number
  Protocol: string
  SslPolicy: string
  MutualAuthentication: Answer<{ Mode: string }>
}>

export type CertificateDescription = Answer<{ CertificateArn: string; IsDefault: boolean }>

export type RuleDescription = Answer<{
  RuleArn: string
  Priority: string
  Conditions: readonly ConditionDescription[]
  Actions: readonly ActionDescription[]
  Transforms: readonly unknown[]
}>

type Values = Answer<{ Values: readonly string[]; RegexValues: readonly string[] }>

export type ConditionDescription = Answer<{
  Field: string
  Values: readonly string[]
  RegexValues: readonly string[]
  HostHeaderConfig: Values
  PathPatternConfig: Values
  HttpHeaderConfig: Values & Answer<{ HttpHeaderName: string }>
  QueryStringConfig: Answer<{ Values: readonly Answer<{ Key: string; Value: string }>[] }>
  HttpRequestMethodConfig: Values
  SourceIpConfig: Values
}>

export type ActionDescription = Answer<{
  Type: string
  Order: number
  TargetGroupArn: string
  ForwardConfig: Answer<{
    TargetGroups: readonly Answer<{ TargetGroupArn: string; Weight: number }>[]
    TargetGroupStickinessConfig: Answer<{ Enabled: boolean; DurationSeconds: number }>
  }>
  RedirectConfig: Answer<{
    StatusCode: string
    Protocol: string
    Host: string
    Port: string
    Path: string
    Query: string
  }>
  FixedResponseConfig: Answer<{ StatusCode: string; ContentType: string; MessageBody: string }>
}>

export type TargetGroupDescription = Answer<{
  TargetGroupArn: string
  TargetGroupName: string
  TargetType: string
  Protocol: string
  ProtocolVersion: string
  HealthCheckEnabled: boolean
  HealthCheckProtocol: string
  HealthCheckPort: string
  HealthCheckPath: string
  HealthCheckIntervalSeconds: number
  HealthCheckTimeoutSeconds: number
  HealthyThresholdCount: number
  UnhealthyThresholdCount: number
  Matcher: Answer<{ HttpCode: string }>
}>
