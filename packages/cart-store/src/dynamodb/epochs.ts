import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Epoch, EpochRecord } from '../cache/record.ts'
import type { Call } from '../port.ts'
import type { Sender } from './sender.ts'
import { epochKey } from './table.ts'

/** The epoch of the cache, in an item of its own. */
export class DynamoEpochs implements EpochRecord {
  readonly #table: string
  readonly #sender: Sender

  constructor(table: string, sender: Sender) {
    this.#table = table
    this.#sender = sender
  }

  async read(call: Call): Promise<Epoch> {
    const command = new GetItemCommand({
      TableName: this.#table,
      Key: { ...epochKey() },
      ConsistentRead: true,
    })
    const { Item } = await this.#sender.ask((client, options) => client.send(command, options), call)
    const on = Item?.['on']?.S
    const by = Item?.['by']?.S
    return {
      n: Number(Item?.['n']?.N ?? 0),
      ...(on === undefined ? {} : { on }),
      ...(by === undefined ? {} : { by }),
      ...(Item?.['closed']?.BOOL === true ? { closed: true } : {}),
    }
  }

  async follow({ n, on, by }: Epoch, call: Call): Promise<boolean> {
    const command = new PutItemCommand({
      TableName: this.#table,
      Item: {
        ...epochKey(),
        n: { N: String(n) },
        ...(on === undefined ? {} : { on: { S: on } }),
        ...(by === undefined ? {} : { by: { S: by } }),
      },
      ...(n === 1
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: 'n = :before',
            ExpressionAttributeValues: { ':before': { N: String(n - 1) } },
          }),
    })
    const answer = await this.#sender.send((client, options) => client.send(command, options), call, true)
    return !('cancelled' in answer)
  }
}
