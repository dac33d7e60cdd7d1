import { startDynamo } from '@cartwright/test-servers'
import { describeStoreContract } from '../contract.ts'
import { createTable } from './create-table.ts'
import { openDynamoStore } from './store.ts'

describeStoreContract('dynamodb', async () => {
  const server = await startDynamo()
  const options = { table: 'carts', client: server.client }
  await createTable(options)
  const open = () => openDynamoStore(options)
  return { open, openAnother: open, dispose: () => server.stop() }
})
