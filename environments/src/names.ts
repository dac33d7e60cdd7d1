import type { Environment } from './fields.ts'

interface Name {
  /** The most characters that AWS takes. */
  readonly limit: number
  readonly of: (environment: Pick<Environment, 'project' | 'name' | 'region'>) => string
}

const suffixed = (suffix: string, limit: number): Name => ({
  limit,
  of: ({ project, name }) => `${project}-${name}${suffix}`,
})

/** Any account's number: names are judged before it is known. */
const SOME_ACCOUNT = '0'.repeat(12)

/** Every name that is made of project and environment, with its limit: the longest of them decides how long both may be. */
export const NAMES = {
  /** What has no name of its own: the network, the cluster, the dashboards' beginning. */
  base: suffixed('', 32),
  loadBalancer: suffixed('', 32),
  targetGroup: suffixed('-api', 32),
  replicationGroup: suffixed('-cart', 40),
  table: suffixed('-carts', 255),
  eventBus: suffixed('-events', 256),
  archive: suffixed('-events', 48),
  ordersQueue: suffixed('-orders', 80),
  ordersDeadLetters: suffixed('-orders-dead', 80),
  undelivered: suffixed('-undelivered', 80),
  taskRole: suffixed('-task', 64),
  executionRole: suffixed('-execution', 64),
  flowLogsRole: suffixed('-flow-logs', 64),
  repository: suffixed('-cart-api', 256),
  cluster: suffixed('', 255),
  service: suffixed('-cart-api', 255),
  taskFamily: suffixed('-cart-api', 255),
  firewall: suffixed('', 128),
  topic: suffixed('-alarms', 256),
  budget: suffixed('', 100),
  connection: suffixed('', 32),
  /** Without the account, which is known at the deploy only. */
  accessLogBucketStart: {
    limit: 63 - SOME_ACCOUNT.length - 1,
    of: ({ project, name, region }) => `${project}-${name}-access-${region}`,
  },
  stateBucket: { limit: 63, of: ({ project, region }) => stateBucketName(project, SOME_ACCOUNT, region) },
} as const satisfies Record<string, Name>

/** All of an environment's names. */
export type Names = { readonly [Key in keyof typeof NAMES]: string }

export function namesOf(environment: Environment): Names {
  const entries = Object.entries(NAMES).map(([key, { of }]) => [key, of(environment)])
  // Every key of the table has been given its own name.
  return Object.fromEntries(entries) as Names
}

/**
 * The bucket that holds the Terraform states of one account and region: the only place that knows its name.
 *
 * @param account twelve digits, or a reference that Terraform resolves to them
 */
export function stateBucketName(project: string, account: string, region: string): string {
  return `${project}-tfstate-${account}-${region}`
}

/** The tag that tells which resource of a stack something at AWS is: `aws_vpc.network_vpc_4E8F0223`. */
export const ADDRESS_TAG = 'TerraformAddress'

/** Where in that bucket the state of a stack is. */
export function stateKeyOf(stack: string): string {
  return `states/${stack}.tfstate`
}

/** The table in which Terraform locks states, where `stateLockTable` says so. */
export function lockTableName(project: string): string {
  return `${project}-tfstate-locks`
}
