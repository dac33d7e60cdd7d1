import { createHash, randomBytes } from 'node:crypto'

/** User guide: "Supported and restricted Valkey, Memcached, and Redis OSS commands". */
const RESTRICTED = [
  'acl|deluser',
  'acl|load',
  'acl|save',
  'acl|setuser',
  'bgrewriteaof',
  'bgsave',
  'cluster|addslots',
  'cluster|addslotsrange',
  'cluster|bumpepoch',
  'cluster|delslots',
  'cluster|delslotsrange',
  'cluster|failover',
  'cluster|flushslots',
  'cluster|forget',
  'cluster|links',
  'cluster|meet',
  'cluster|setslot',
  'config',
  'debug',
  'migrate',
  'psync',
  'replicaof',
  'save',
  'shutdown',
  'slaveof',
  'sync',
]

/** Who replicates, and does what ElastiCache itself does on its nodes. */
export interface Administrator {
  readonly name: string
  readonly password: string
}

export function makeAdministrator(): Administrator {
  return { name: 'rehearsal', password: randomBytes(32).toString('hex') }
}

/** The rules for `user` in redis.conf; no password stands in them, only what it is recognised by. */
export function rulesOfAdministrator({ password }: Administrator): readonly string[] {
  return ['on', hashOf(password), '~*', '&*', '+@all']
}

/** The rules for the user that everybody is who names none, but for its passwords. */
export function rulesOfDefaultUser(): readonly string[] {
  return ['on', '~*', '&*', '+@all', ...RESTRICTED.map((command) => `-${command}`)]
}

/**
 * The rules that replace the default user's passwords by these tokens. The empty token is a connection without any, which in
 * Redis excludes all others: then every password is taken.
 *
 * Who is connected stays so: Redis asks for a password when a client authenticates, and not again. AWS ("Authenticating with
 * the AUTH command") says of ROTATE and SET which tokens the server supports from then on, and nothing of connections.
 */
export function rulesOfTokens(tokens: readonly string[]): readonly string[] {
  return tokens.includes('') ? ['nopass'] : ['resetpass', ...tokens.map(hashOf)]
}

function hashOf(password: string): string {
  return `#${createHash('sha256').update(password).digest('hex')}`
}
