import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findOrInstall } from './debian.ts'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

/** A Redis of one's own. */
export interface RedisServer extends ServerProcess {
  readonly url: string
}

export interface RedisServerOptions {
  /** Arguments beside those that make it small and private: `['--appendonly', 'yes']`. */
  readonly args?: readonly string[]
  /** Arguments for TLS: the port then takes nothing else. */
  readonly tls?: readonly string[]
  /** Where it writes; a folder of its own, removed with it, unless given. */
  readonly folder?: string
  /** A free one unless given. */
  readonly port?: number
}

/** Starts redis-server; on Debian and as root it is installed first where it is missing. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const binary = await findRedis()
  const port = options.port ?? (await freePort())
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'redis-'))
  const server = await startServer(
    binary,
    [
      ...(options.tls === undefined
        ? ['--port', String(port)]
        : ['--port', '0', '--tls-port', String(port), ...options.tls]),
      ...['--bind', '127.0.0.1', '--dir', folder, '--save', '', ...(options.args ?? [])],
    ],
    port,
  )
  return {
    ...server,
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      await server.stop()
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * The file of redis-server, which is installed first where it is missing, on Debian and as root.
 *
 * @throws where there is none; the message says what to do
 */
export async function findRedis(): Promise<string> {
  const found = process.env['CARTWRIGHT_REDIS_SERVER'] ?? (await findOrInstall('redis-server'))
  if (found !== undefined) return found
  throw new Error(
    'Redis cannot be run here: there is no redis-server on PATH. Install it ("apt-get install redis-server", ' +
      '"brew install redis"), or name its binary in CARTWRIGHT_REDIS_SERVER',
  )
}
