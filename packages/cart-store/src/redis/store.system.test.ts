import { startRedis } from '@cartwright/test-servers'
import { describeStoreContract } from '../contract.ts'
import { openRedisStore } from './store.ts'

describeStoreContract('redis', async () => {
  const server = await startRedis()
  const open = () => openRedisStore({ url: server.url })
  return { open, openAnother: open, dispose: () => server.stop() }
})
