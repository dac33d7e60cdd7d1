import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { adding, call, change, fresh } from '../contract/builders.ts'
import { openSqliteStore } from '../sqlite/store.ts'
import { EVENT_SOURCE, EventBridgePublisher } from './eventbridge-publisher.ts'
import { Relay } from './relay.ts'
import { relayed } from './relayed-store.ts'

const REGION = 'eu-west-1'
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

let aws: LocalAws
let client: { readonly region: string; readonly endpoint: string; readonly credentials: typeof CREDENTIALS }
beforeAll(async () => {
  aws = await startLocalAws()
  client = { region: REGION, endpoint: aws.endpoint, credentials: CREDENTIALS }
})
afterAll(() => aws.stop())

test('the events of changes arrive in the queue of a rule for them', async () => {
  const { QueueUrl } = await sqs<{ QueueUrl: string }>('CreateQueue', { QueueName: 'cart-events' })
  await ruleTo('arn:aws:sqs:eu-west-1:123456789012:cart-events')
  const durable = openSqliteStore({ file: ':memory:' })
  const relay = new Relay({
    outbox: durable.outbox,
    publisher: new EventBridgePublisher({ bus: 'carts', client }),
    warn: (message, cause) => console.warn(message, cause),
  })
  relay.start()
  const store = relayed(durable, relay)

  const wanted: string[] = []
  for (let n = 0; n < 12; n += 1) {
    const { commit } = await change(store, fresh(), adding(), { now: Date.now() })
    wanted.push(...(commit.outbox?.events.map(({ id }) => id) ?? []))
  }
  const seen = new Set<string>()
  while (seen.size < wanted.length) {
    const { Messages = [] } = await sqs<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
      'ReceiveMessage',
      { QueueUrl, MaxNumberOfMessages: 10 },
    )
    for (const { Body, ReceiptHandle } of Messages) {
      const event = JSON.parse(Body)
      expect(event).toMatchObject({
        source: EVENT_SOURCE,
        'detail-type': 'line-added',
        detail: { version: 1 },
      })
      seen.add(event.detail.id)
      await sqs('DeleteMessage', { QueueUrl, ReceiptHandle })
    }
  }

  expect([...seen].sort()).toEqual(wanted.sort())
  await relay.stop(performance.now() + 5_000)
  expect(await durable.outbox.backlog(call())).toEqual({ rows: 0 })
  await store.close()
})

async function ruleTo(queue: string): Promise<void> {
  const events = new EventBridgeClient(client)
  await events.send(new CreateEventBusCommand({ Name: 'carts' }))
  const EventPattern = JSON.stringify({ source: [EVENT_SOURCE] })
  await events.send(new PutRuleCommand({ Name: 'all', EventBusName: 'carts', EventPattern }))
  await events.send(
    new PutTargetsCommand({ Rule: 'all', EventBusName: 'carts', Targets: [{ Id: 'queue', Arn: queue }] }),
  )
  events.destroy()
}

/** One call of SQS's JSON protocol; a client of its own would be a dependency for this test alone. */
async function sqs<Answer>(action: string, input: object): Promise<Answer> {
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': `AmazonSQS.${action}`,
      Authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`SQS answered ${action} with ${answer.status}: ${text}`)
  // What SQS documents for the action.
  return JSON.parse(text === '' ? '{}' : text) as Answer
}
