import { startDynamo, startRedis } from '@cartwright/test-servers'
import { describeStoreContract } from '../contract.ts'
import { createTable } from '../dynamodb/index.ts'
import { openClient, untilCache } from './cached-stores.ts'

describeStoreContract('cached', async () => {
  const [dynamo, redis] = await Promise.all([startDynamo(), startRedis()])
  await createTable({ table: 'carts', client: dynamo.client })
  const open = async () => {
    const store = await openClient({ dynamo, url: redis.url })
    await untilCache('on', store)
    return store
  }
  return {
    open,
    openAnother: open,
    dispose: async () => {
      await redis.stop()
      await dynamo.stop()
    },
  }
})
