import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { SQS } from '@aws-sdk/client-sqs'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import type { CheckResult } from '../check.ts'
import { smoke } from '../smoke.ts'
import { Apis } from '../test/api.ts'
import type { QueueOptions } from './queue.ts'

const BUS = 'shop'
const REGION = 'eu-west-1'
const ACCESS = { region: REGION, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
const EVENT = 'the event of the checkout arrives in the queue'

const apis = new Apis()
let aws: LocalAws
let access: typeof ACCESS & { readonly endpoint: string }
let sqs: SQS
/** Tells its orders on the bus. */
let api: string
let queues = 0
beforeAll(async () => {
  aws = await startLocalAws()
  access = { ...ACCESS, endpoint: aws.endpoint }
  sqs = new SQS(access)
  const events = new EventBridgeClient(access)
  await events.send(new CreateEventBusCommand({ Name: BUS }))
  events.destroy()
  api = await apis.start(apis.folder(), { ...aws.environment, EVENTS: 'eventbridge', EVENT_BUS_NAME: BUS })
})
afterAll(async () => {
  sqs.destroy()
  await apis.stop()
  await aws.stop()
})

/** A queue of its own, which gets the events of orders where it is told so, as the stacks declare it. */
async function makeQueue({ getsOrders }: { readonly getsOrders: boolean }): Promise<QueueOptions> {
  queues += 1
  const name = `orders-${queues}`
  const { QueueUrl: url = '' } = await sqs.createQueue({ QueueName: name })
  if (getsOrders) {
    const events = new EventBridgeClient(access)
    const EventPattern = JSON.stringify({ source: ['cartwright.cart'], 'detail-type': ['checkout-started'] })
    await events.send(new PutRuleCommand({ Name: name, EventBusName: BUS, EventPattern }))
    const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:${REGION}:123456789012:${name}` }]
    await events.send(new PutTargetsCommand({ Rule: name, EventBusName: BUS, Targets }))
    events.destroy()
  }
  return { url, ...access }
}

async function put(queue: QueueOptions, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await sqs.sendMessage({ QueueUrl: queue.url, MessageBody: body })
}

/** All messages that can be received now, with how often each was before. */
async function messagesIn({ url }: QueueOptions): Promise<{ body: string; receivedBefore: number }[]> {
  const all = []
  for (;;) {
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    })
    if (Messages.length === 0) return all
    for (const { Body: body = '', Attributes } of Messages) {
      all.push({ body, receivedBefore: Number(Attributes?.ApproximateReceiveCount) - 1 })
    }
  }
}

async function lookedFor(queue: QueueOptions): Promise<CheckResult | undefined> {
  const { checks } = await smoke({ url: api, queue })
  return checks.find(({ name }) => name === EVENT)
}

test('the event is found among messages of others, which are received once and put back, and is taken away', async () => {
  const queue = await makeQueue({ getsOrders: true })
  const others = [...Array.from({ length: 12 }, (_, index) => `{"detail":${index}}`), 'no JSON', 'null']
  await put(queue, others)

  expect(await lookedFor(queue)).toMatchObject({ outcome: 'passed' })
  const left = await messagesIn(queue)
  expect(left.map(({ body }) => body).toSorted()).toEqual(others.toSorted())
  for (const { receivedBefore } of left) expect(receivedBefore).toBeLessThanOrEqual(1)
})

test('an event that does not come is a failure, which names other consumers', async () => {
  const queue = await makeQueue({ getsOrders: false })
  await put(queue, ['of somebody else'])

  expect(await lookedFor({ ...queue, patience: 1 })).toMatchObject({
    outcome: 'failed',
    trouble: {
      seen: '1 message of others in the queue; a consumer of it may have been faster',
      wanted: expect.stringMatching(/^checkout-started of order \S+ within 1 s$/),
    },
  })
  expect(await messagesIn(queue)).toEqual([{ body: 'of somebody else', receivedBefore: 1 }])
})

test('where many messages are before it, nobody can tell', async () => {
  const queue = await makeQueue({ getsOrders: false })
  await put(
    queue,
    Array.from({ length: 55 }, (_, index) => `message ${index}`),
  )

  expect(await lookedFor(queue)).toMatchObject({
    outcome: 'not checked',
    reason: expect.stringContaining("50 messages are others'"),
  })
  expect(await messagesIn(queue)).toHaveLength(55)
})

test('a queue that is not there is a failure', async () => {
  const queue = await makeQueue({ getsOrders: true })

  expect(await lookedFor({ ...queue, url: `${queue.url}-elsewhere` })).toMatchObject({
    outcome: 'failed',
    trouble: { seen: expect.stringContaining('QueueDoesNotExist') },
  })
})

// The last one: from now on nobody's keys are taken.
test('what AWS refuses for lack of permission is not checked', async () => {
  const queue = await makeQueue({ getsOrders: false })
  await fetch(`${aws.endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' })

  expect(await lookedFor(queue)).toMatchObject({ outcome: 'not checked' })
})
