import { startDynamo, startRedis } from '@cartwright/test-servers'
import { describeStoreContract } from '../contract.ts'
import { createTable, openDynamoStore } from '../dynamodb/index.ts'
import { openCachedStore } from './store.ts'
import { TIMES } from './times.ts'

/** The protocol's times, shortened so that a test need not wait for a cache to ripen. */
const QUICK = { ...TIMES, poll: 50, hold: 200, longestCommit: 200 }

describeStoreContract('cached', async () => {
  const [dynamo, redis] = await Promise.all([startDynamo(), startRedis()])
  const options = { table: 'carts', client: dynamo.client, behindCache: true }
  await createTable(options)
  const open = async () => {
    const store = await openCachedStore({
      record: await openDynamoStore(options),
      url: redis.url,
      times: QUICK,
    })
    while (store.cache?.state !== 'on') await new Promise((resolve) => setTimeout(resolve, 10))
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
