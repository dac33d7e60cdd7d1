import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb'
import { DeployProblem } from '../problem.ts'

/** How long AWS may take to make or delete it, in milliseconds. */
const PATIENCE = 5 * 60_000
/** Between two looks, in milliseconds. */
const PAUSE = 500

/** The table in which Terraform locks states, beside the lock file. */
export class LockTable {
  readonly name: string
  readonly #client: DynamoDBClient

  constructor({ name, region }: { readonly name: string; readonly region: string }) {
    this.name = name
    this.#client = new DynamoDBClient({ region })
  }

  /**
   * Whether it is there, when AWS has ended what it does with it.
   *
   * @throws {DeployProblem} where a table of this name is for something else
   */
  async exists(): Promise<boolean> {
    const end = Date.now() + PATIENCE
    for (;;) {
      const table = await this.#describe()
      if (table === undefined) return false
      if (table.TableStatus === 'ACTIVE') {
        const key = table.KeySchema?.map(({ AttributeName }) => AttributeName).join(', ')
        if (key === 'LockID') return true
        throw new DeployProblem(
          `the key of the table ${this.name} is ${key}; wanted: LockID, or no such table`,
        )
      }
      if (Date.now() > end) {
        throw new DeployProblem(`the table ${this.name} stays ${table.TableStatus}; wanted: ACTIVE`)
      }
      await sleep(PAUSE)
    }
  }

  async destroy(): Promise<void> {
    await this.#client.send(new DeleteTableCommand({ TableName: this.name }))
    await this.exists()
  }

  async #describe(): Promise<TableDescription | undefined> {
    try {
      return (await this.#client.send(new DescribeTableCommand({ TableName: this.name }))).Table
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined
      throw error
    }
  }
}
