import { startRedis, startRedisPair } from '@cartwright/test-servers'
import { describeStoreContract } from '../contract.ts'
import { openRedisStore } from './store.ts'

describeStoreContract('redis', async () => {
  const server = await startRedis()
  const open = () => openRedisStore({ url: server.url })
  return { open, openAnother: open, dispose: () => server.stop() }
})

describeStoreContract('replicated redis', async () => {
  const pair = await startRedisPair({ clients: ['store'] })
  const open = () => openRedisStore({ url: pair.primary.url, replicas: 1 })
  return { open, openAnother: open, dispose: () => pair.stop() }
})
