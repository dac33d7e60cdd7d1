import type { CartStore } from '@cartwright/cart-store'
import { createTable, openDynamoStore } from '@cartwright/cart-store/dynamodb'
import {
  type Chance,
  dynamoRefusal,
  type HttpFault,
  startDynamo,
  startHttpFaultProxy,
} from '@cartwright/test-servers'
import type { FaultName } from '../faults.ts'

/** A DynamoDB table to which each process has a way of its own, where things go wrong. */
export interface Table {
  /** The settings of each process. */
  readonly environments: readonly Readonly<Record<string, string>>[]
  /** The table as it is, past everything that goes wrong. */
  open(): Promise<CartStore>
  /** A third of the n-th process's requests go wrong, until the returned function is called. */
  begin(fault: FaultName, process: number, chance: Chance): () => Promise<void>
  stop(): Promise<void>
}

/** The longest that a transaction is held up before it is carried out, in milliseconds: less than a commit may take. */
const LONGEST_DELAY = 900

export async function startTable(processes: number): Promise<Table> {
  const server = await startDynamo()
  const options = { table: 'carts', client: server.client }
  await createTable(options)
  const ways = await Promise.all(
    Array.from({ length: processes }, () => startHttpFaultProxy(server.client.endpoint)),
  )
  const { region, credentials } = server.client
  return {
    environments: ways.map((way) => ({
      TABLE_NAME: 'carts',
      AWS_ENDPOINT_URL: way.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    })),
    open: () => openDynamoStore({ ...options, behindCache: true }),
    begin: (fault, index, chance) => {
      const way = ways[index]
      way?.set(({ headers }) => {
        const isCommit = String(headers['x-amz-target']).endsWith('.TransactWriteItems')
        return chance.next() < 0.3 ? httpFault(fault, isCommit, chance) : undefined
      })
      return async () => way?.set(() => undefined)
    },
    stop: async () => {
      await Promise.all(ways.map((way) => way.stop()))
      await server.stop()
    },
  }
}

function httpFault(fault: FaultName, isCommit: boolean, chance: Chance): HttpFault | undefined {
  switch (fault) {
    case 'lost':
      return { does: chance.of(['cut-before', 'cut-after', 'cut-after'] as const) }
    case 'slow':
      return { does: 'late', milliseconds: 20 + chance.below(1_500) }
    case 'delayed':
      return isCommit ? { does: 'delayed', milliseconds: 20 + chance.below(LONGEST_DELAY) } : undefined
    case 'throttle':
      return dynamoRefusal(400, 'ProvisionedThroughputExceededException')
    case 'conflict':
      return isCommit
        ? dynamoRefusal(400, 'TransactionCanceledException', {
            CancellationReasons: [{ Code: 'TransactionConflict' }],
          })
        : undefined
    default:
      return undefined
  }
}
