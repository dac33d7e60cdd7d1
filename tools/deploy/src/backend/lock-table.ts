import { setTimeout as sleep } from 'node:timers/promises'
import {
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
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

  /** What Terraform wrote when it locked; undefined where nobody holds the lock. */
  async lockOf(state: string): Promise<string | undefined> {
    return await this.#attribute(state, 'Info')
  }

  async free(row: string): Promise<void> {
    await this.#client.send(new DeleteItemCommand({ TableName: this.name, Key: keyOf(row) }))
  }

  /**
   * Terraform writes a state, then its digest here, and reads no state that has another one. Killed between the two, it
   * would wait for the right state for ever.
   *
   * @param digest of the state that is in the bucket; undefined where there is none
   * @returns whether it was another
   */
  async correct(state: string, digest: string | undefined): Promise<boolean> {
    const row = `${state}-md5`
    const seen = await this.#attribute(row, 'Digest')
    if (seen === digest) return false
    if (digest === undefined) await this.free(row)
    else {
      const Item = { ...keyOf(row), Digest: { S: digest } }
      await this.#client.send(new PutItemCommand({ TableName: this.name, Item }))
    }
    return true
  }

  async #attribute(row: string, name: string): Promise<string | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.name, Key: keyOf(row), ConsistentRead: true }),
    )
    return Item?.[name]?.S
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

function keyOf(row: string) {
  return { LockID: { S: row } }
}
