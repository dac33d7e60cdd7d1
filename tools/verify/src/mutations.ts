import type { HttpFault, PassingRequest } from '@cartwright/test-servers'

/**
 * Rules of the commit on DynamoDB, each left out on the way to the table, so that the product itself needs no switch for
 * it. A checker that finds nothing wrong with one of them checks nothing.
 */
export const MUTATIONS = {
  'no version condition': (transaction) => {
    for (const { Put } of transaction.TransactItems) {
      if (Put?.Item.sk.S !== 'cart') continue
      delete Put.ConditionExpression
      delete Put.ExpressionAttributeNames
      delete Put.ExpressionAttributeValues
    }
  },
  'no token': (transaction) => {
    delete transaction.ClientRequestToken
  },
  'no outbox row': (transaction) => {
    const left = transaction.TransactItems.filter(({ Put }) => !Put?.Item.pk.S.startsWith('outbox#'))
    // It is the last item; a transaction without any is none.
    if (left.length > 0) transaction.TransactItems = left
  },
} as const satisfies Record<string, (transaction: Transaction) => void>

export type Mutation = keyof typeof MUTATIONS

interface Transaction {
  ClientRequestToken?: string
  TransactItems: {
    Put?: {
      Item: { pk: { S: string }; sk: { S: string } }
      ConditionExpression?: string
      ExpressionAttributeNames?: object
      ExpressionAttributeValues?: object
    }
  }[]
}

/** What a proxy in front of DynamoDB does for the mutation. */
export function mutate(name: Mutation): (request: PassingRequest) => HttpFault | undefined {
  return ({ headers, body }) => {
    if (!String(headers['x-amz-target']).endsWith('.TransactWriteItems')) return undefined
    // Our own adapter has written it.
    const transaction = JSON.parse(body.toString()) as Transaction
    MUTATIONS[name](transaction)
    return { does: 'rewrite', body: Buffer.from(JSON.stringify(transaction)) }
  }
}
