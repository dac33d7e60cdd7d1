import { BadEnvironments, type Environment } from '@cartwright/environments'

/** What a task's settings are made of. */
export interface ContainerEnvironmentProps {
  readonly environment: Environment
  readonly port: number
  readonly tableName: string
  readonly eventBusName: string
  readonly redisUrl: string
  readonly redisSecretArn: string
}

/**
 * How a setting gets its value; that it keeps the API's default unless the environment's file says otherwise; or that the
 * image brings it along.
 */
type Source = 'default' | 'image' | ((props: ContainerEnvironmentProps) => string | number | undefined)

/**
 * Every setting of the API, by the name of its variable. The API's own table of settings says which there are and what
 * each takes; a test holds this one against it, in both directions. None of them is a secret: what the API has to keep to
 * itself it reads by an ARN.
 */
export const CONTAINER_SETTINGS: Readonly<Record<string, Source>> = {
  PORT: ({ port }) => port,
  // The load balancer comes from outside of the task.
  HOST: () => '0.0.0.0',
  DEPLOYMENT: ({ environment }) => environment.name,
  // A release changes the image and nothing else of the task: only what is in the image tells what runs.
  RELEASE: 'image',
  STORE: () => 'cached',
  TABLE_NAME: ({ tableName }) => tableName,
  REDIS_URL: ({ redisUrl }) => redisUrl,
  REDIS_SECRET_ARN: ({ redisSecretArn }) => redisSecretArn,
  REDIS_WAIT_REPLICAS: 'default',
  EVENTS: () => 'eventbridge',
  EVENT_BUS_NAME: ({ eventBusName }) => eventBusName,
  DATA_DIR: 'default',
  SQLITE_SYNCHRONOUS: 'default',
  IDENTITY: ({ environment }) => environment.identity,
  ALLOW_INSECURE_IDENTITY: 'default',
  JWT_ISSUER: ({ environment }) => environment.jwtIssuer,
  JWT_AUDIENCE: ({ environment }) => environment.jwtAudience,
  JWT_JWKS_URL: ({ environment }) => environment.jwtJwksUrl,
  JWT_ALGORITHMS: 'default',
  CATALOG: 'default',
  CATALOG_TIMEOUT_MS: 'default',
  CATALOG_FRESH_SECONDS: 'default',
  CATALOG_STALE_SECONDS: 'default',
  CATALOG_CURRENCY: 'default',
  GUEST_CART_TTL_SECONDS: 'default',
  USER_CART_TTL_SECONDS: 'default',
  MAX_LINES: 'default',
  MAX_LINE_QUANTITY: 'default',
  MERGE_STRATEGY: 'default',
  REQUEST_TIMEOUT_MS: ({ environment }) => environment.longestRequest * 1000,
  CORS_ORIGINS: 'default',
  LOG_LEVEL: ({ environment }) => environment.logLevel,
  SHUTDOWN_DELAY_SECONDS: ({ environment }) => environment.shutdownDelay,
  DRAIN_TIMEOUT_SECONDS: ({ environment }) => environment.drainTimeout,
}

/** One variable of a container, as ECS wants it. */
export interface Variable {
  readonly name: string
  readonly value: string
}

/**
 * Judges the names in `apiSettings`; the values are judged by the API alone, when it starts.
 *
 * @throws {BadEnvironments} with a finding for each environment that names settings that the API has not, or that are
 *   decided here
 */
export function refuseStrangeSettings(environments: readonly Environment[]): void {
  const free = Object.keys(CONTAINER_SETTINGS).filter((setting) => CONTAINER_SETTINGS[setting] === 'default')
  const findings = environments.flatMap(({ name, apiSettings }) => {
    const strange = Object.keys(apiSettings).filter((setting) => !free.includes(setting))
    if (strange.length === 0) return []
    return [
      `environments/${name}.ts: apiSettings has ${strange.join(', ')}; wanted: some of ${free.join(', ')}`,
    ]
  })
  if (findings.length > 0) throw new BadEnvironments(findings)
}

/** The container's environment, sorted: ECS keeps no order, and a plan would show another one as a change. */
export function containerEnvironment(props: ContainerEnvironmentProps): readonly Variable[] {
  const { apiSettings } = props.environment
  return Object.entries(CONTAINER_SETTINGS)
    .flatMap(([setting, source]) => {
      const value = typeof source === 'string' ? apiSettings[setting] : source(props)
      return value === undefined ? [] : [{ name: setting, value: String(value) }]
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
}
