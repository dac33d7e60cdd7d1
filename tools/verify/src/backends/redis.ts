import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openRedisStore } from '@cartwright/cart-store/redis'
import { startRedis, startTcpFaultProxy } from '@cartwright/test-servers'
import { type Backend, BRISK, REQUESTS } from './backend.ts'

/** What Redis answers within a millisecond is on its way for so many of them when something is to happen to it. */
const LATENCY = 50

/** A Redis that keeps everything on its disk before it answers. */
export async function redisBackend(processes: number): Promise<Backend> {
  const folder = mkdtempSync(path.join(tmpdir(), 'verify-'))
  const durable = { folder, args: ['--appendonly', 'yes', '--appendfsync', 'always'] }
  let server = await startRedis(durable)
  const { port, url } = server
  const proxies = await Promise.all(Array.from({ length: processes }, () => startTcpFaultProxy(port)))
  return {
    environments: proxies.map((proxy) => {
      return { ...REQUESTS, STORE: 'redis', REDIS_URL: `redis://127.0.0.1:${proxy.port}` }
    }),
    open: () => openRedisStore({ url }),
    begin: async (fault, index) => {
      const proxy = proxies[index]
      proxy?.delay(LATENCY)
      if (fault === 'slow') return async () => proxy?.delay(0)
      // With answers on their way for a while, something is lost that was carried out.
      await sleep(2 * LATENCY)
      if (fault === 'restart') {
        process.kill(server.pid, 'SIGKILL')
        await server.stop()
        server = await startRedis({ ...durable, port })
      } else if (fault === 'cut') proxy?.cut()
      else if (fault === 'lost') proxy?.set('no-replies')
      proxy?.delay(0)
      return async () => {
        // Cut before anything passes again: what was answered meanwhile would only be late.
        if (fault === 'lost') proxy?.cut()
        proxy?.set('pass')
      }
    },
    pace: BRISK,
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.stop()))
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
