import {
  CreateTableCommand,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { DynamoOptions } from './store.ts'
import { TABLE_DEFINITION, TTL_ATTRIBUTE } from './table.ts'

/** How long a new table may take to be ready, in seconds. */
const PATIENCE = 60

/** Makes the table, on demand and without protection: for tests and trials. Environments have theirs from Terraform. */
export async function createTable({ table, client: config }: DynamoOptions): Promise<void> {
  const client = new DynamoDBClient({ ...config })
  try {
    await client.send(
      new CreateTableCommand({ TableName: table, BillingMode: 'PAY_PER_REQUEST', ...TABLE_DEFINITION }),
    )
    await waitUntilTableExists({ client, maxWaitTime: PATIENCE }, { TableName: table })
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: table,
        TimeToLiveSpecification: { Enabled: true, AttributeName: TTL_ATTRIBUTE },
      }),
    )
  } finally {
    client.destroy()
  }
}
