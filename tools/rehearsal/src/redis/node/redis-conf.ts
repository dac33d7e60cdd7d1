import { type Administrator, rulesOfAdministrator, rulesOfDefaultUser, rulesOfTokens } from './access.ts'

export interface NodeConfiguration {
  readonly port: number
  /** What ElastiCache declares. */
  readonly directives: Readonly<Record<string, string>>
  /** Files; without them connections are plain. */
  readonly tls?: TlsFiles
  readonly administrator: Administrator
  readonly tokens: readonly string[]
  /** The primary's port; a primary has none. */
  readonly follows?: number
}

export interface TlsFiles {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

/** The text of a node's redis.conf: it writes nothing to its folder that is there when it starts again. */
export function redisConf(configuration: NodeConfiguration): string {
  const { port, directives, tls, administrator, tokens, follows } = configuration
  const lines: (readonly string[])[] = [
    ['bind', '127.0.0.1'],
    // Not by Redis's own idea of a safe default: who may connect stands below.
    ['protected-mode', 'no'],
    ...listening(port, tls),
    ...Object.entries(directives),
    ['save', ''],
    ['appendonly', 'no'],
    ['rdb-del-sync-files', 'yes'],
    // A replica gets everything at once, where it usually waits for others that may want the same.
    ['repl-diskless-sync-delay', '0'],
    ['masteruser', administrator.name],
    ['masterauth', administrator.password],
    ['user', administrator.name, ...rulesOfAdministrator(administrator)],
    ['user', 'default', ...rulesOfDefaultUser(), ...rulesOfTokens(tokens)],
    ...(follows === undefined ? [] : [['replicaof', '127.0.0.1', String(follows)]]),
  ]
  return lines.map(([name, ...values]) => `${[name, ...values.map(quoted)].join(' ')}\n`).join('')
}

function listening(port: number, tls: TlsFiles | undefined): (readonly string[])[] {
  if (tls === undefined) return [['port', String(port)]]
  return [
    ['port', '0'],
    ['tls-port', String(port)],
    ['tls-cert-file', tls.cert],
    ['tls-key-file', tls.key],
    ['tls-ca-cert-file', tls.ca],
    ['tls-auth-clients', 'no'],
    ['tls-replication', 'yes'],
  ]
}

/** Redis reads double quotes and backslashes as JSON writes them. */
function quoted(value: string): string {
  return JSON.stringify(value)
}
