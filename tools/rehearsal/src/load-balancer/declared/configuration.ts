/** What is declared of a load balancer, in words of our own; times are seconds, as AWS counts them. */
export interface LoadBalancerConfiguration {
  readonly arn: string
  readonly name: string
  readonly dnsName: string
  readonly attributes: LoadBalancerAttributes
  readonly listeners: readonly ListenerConfiguration[]
  /** Those that a rule forwards to. */
  readonly targetGroups: readonly TargetGroupConfiguration[]
  /** What is declared and makes no difference here, one sentence each. */
  readonly notPlayed: readonly string[]
}

/** AWS: "Application Load Balancers", load balancer attributes. */
export interface LoadBalancerAttributes {
  readonly idleTimeout: number
  /** How long a client's connection is used. */
  readonly clientKeepAlive: number
  readonly dropsInvalidHeaderFields: boolean
  readonly preservesHostHeader: boolean
  readonly forwardedFor: 'append' | 'preserve' | 'remove'
  readonly addsClientPort: boolean
  readonly addsTlsHeaders: boolean
}

export interface ListenerConfiguration {
  readonly arn: string
  /** The declared one, which targets and redirects hear of. */
  readonly port: number
  /** None for HTTP. */
  readonly tls?: TlsConfiguration
  /** Whether answers of the load balancer's own carry `Server: awselb/2.0`. */
  readonly tellsServer: boolean
  /** In the order in which they are asked; the last one is the default and has no condition. */
  readonly rules: readonly RuleConfiguration[]
}

export interface TlsConfiguration {
  readonly policy: string
  /** The first one is the default, for clients that name no host or an unknown one. */
  readonly certificates: readonly CertificateConfiguration[]
}

export interface CertificateConfiguration {
  readonly arn: string
  /** The host names that it is for; `*.` stands for one label. */
  readonly names: readonly string[]
}

export interface RuleConfiguration {
  readonly arn: string
  readonly priority: number | 'default'
  /** All of them must hold. */
  readonly conditions: readonly ConditionConfiguration[]
  readonly action: ActionConfiguration
}

/** One of the values must match; AWS: "Condition types for listener rules". */
export type ConditionConfiguration =
  | { readonly field: 'host-header' | 'path-pattern'; readonly patterns: readonly string[] }
  | { readonly field: 'http-header'; readonly name: string; readonly patterns: readonly string[] }
  | { readonly field: 'query-string'; readonly pairs: readonly QueryPair[] }
  | { readonly field: 'http-request-method'; readonly methods: readonly string[] }
  | { readonly field: 'source-ip'; readonly blocks: readonly string[] }

/** Without a key any will do. */
export interface QueryPair {
  readonly key?: string
  readonly value: string
}

export type ActionConfiguration = ForwardConfiguration | RedirectConfiguration | FixedResponseConfiguration

export interface ForwardConfiguration {
  readonly type: 'forward'
  readonly groups: readonly WeightedGroup[]
  /** How long a client stays with the group that it was sent to first; not at all without it. */
  readonly stickyFor?: number
}

export interface WeightedGroup {
  readonly arn: string
  readonly weight: number
}

/** Parts may hold `#{protocol}`, `#{host}`, `#{port}`, `#{path}` and `#{query}`. */
export interface RedirectConfiguration {
  readonly type: 'redirect'
  readonly status: 301 | 302
  readonly protocol: string
  readonly host: string
  readonly port: string
  readonly path: string
  readonly query: string
}

export interface FixedResponseConfiguration {
  readonly type: 'fixed-response'
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface TargetGroupConfiguration {
  readonly arn: string
  readonly name: string
  readonly protocol: 'HTTP' | 'HTTPS'
  readonly healthCheck: HealthCheckConfiguration
  readonly algorithm: 'round_robin' | 'least_outstanding_requests' | 'weighted_random'
  /** 0 for none. */
  readonly slowStart: number
  readonly deregistrationDelay: number
  /** None where each request goes where it falls. */
  readonly stickiness?: StickinessConfiguration
  /** Below either of them all registered targets get requests. */
  readonly minimumHealthy: { readonly count: number; readonly percentage: number }
}

/** AWS: "Health checks for Application Load Balancer target groups". */
export interface HealthCheckConfiguration {
  readonly isEnabled: boolean
  readonly protocol: 'HTTP' | 'HTTPS'
  /** Without it the port on which the target gets its requests. */
  readonly port?: number
  readonly path: string
  /** As declared: `200`, `200,202` or `200-299`. */
  readonly matcher: string
  readonly interval: number
  readonly timeout: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
}

/** AWS: "Sticky sessions for your Application Load Balancer". */
export type StickinessConfiguration =
  | { readonly type: 'lb_cookie'; readonly duration: number }
  | { readonly type: 'app_cookie'; readonly duration: number; readonly cookie: string }
