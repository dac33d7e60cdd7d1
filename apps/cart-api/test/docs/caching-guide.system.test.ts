import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTable } from '@cartwright/cart-store/dynamodb'
import {
  type DynamoServer,
  type RedisServer,
  startDynamo,
  startRedis,
  untilCached,
} from '@cartwright/test-servers'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { Shopper } from '../shopper.ts'

const GUIDE = readFileSync(path.join(import.meta.dirname, '../../../../docs/guides/caching.md'), 'utf8')
/** How long a change of the epoch takes to be seen, at the most, in milliseconds. */
const PATIENCE = 30_000

let dynamo: DynamoServer
let redis: RedisServer
let folder: string
let api: OwnProcessApi

beforeAll(async () => {
  ;[dynamo, redis] = await Promise.all([startDynamo(), startRedis()])
  await createTable({ table: 'carts', client: dynamo.client })
  folder = mkdtempSync(path.join(tmpdir(), 'caching-guide-'))
  const line = GUIDE.split('\n').find((text) => text.startsWith('STORE=cached TABLE_NAME=carts ')) ?? ''
  expect(line).toMatch(/ npm start$/)
  const settings = [...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])
  const own = { AWS_ENDPOINT_URL: dynamo.client.endpoint, REDIS_URL: redis.url, DATA_DIR: folder }
  api = await startOwnProcess({ environment: { ...Object.fromEntries(settings), ...own } })
  await untilCached(api)
}, 60_000)
afterAll(async () => {
  expect(await api.stop()).toEqual({ code: 0, signal: null })
  await redis.stop()
  await dynamo.stop()
  rmSync(folder, { recursive: true })
})
afterAll(endOwnProcesses)

test("the guide's settings for a trial start an API whose reads are hits", async () => {
  const shopper = new Shopper(api.url)
  await shopper.add('canvas-tote')
  await shopper.cart()

  expect((await shopper.cart()).headers).toMatchObject({ 'x-cache': 'hit' })
})

test("the guide's commands turn the cache off, and on again", async () => {
  const [close, open] = [...GUIDE.matchAll(/^aws dynamodb update-item .*$/gm)].map(([command]) => command)
  const { epoch } = await cache()

  await carryOut(close ?? '')
  await until(async () => (await cache()).state === 'off')
  await sleep(3_000)
  expect(await cache()).toEqual({ state: 'off', epoch: epoch + 1 })

  await carryOut(open ?? '')
  await until(async () => (await cache()).state === 'on')
  expect((await cache()).epoch).toBe(epoch + 2)
}, 90_000)

/** Does what the AWS CLI does with the command. */
async function carryOut(command: string): Promise<void> {
  const option = (name: string): string | undefined => {
    return new RegExp(`--${name} ('([^']*)'|\\S+)`)
      .exec(command)
      ?.slice(1)
      .findLast((text) => text !== undefined)
  }
  const json = (name: string) => JSON.parse(option(name) ?? 'null') ?? undefined
  const answer = await fetch(dynamo.client.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': 'DynamoDB_20120810.UpdateItem',
      // Has to be there; nobody checks it here.
      'X-Amz-Date': '20260101T000000Z',
      Authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({
      TableName: option('table-name'),
      Key: json('key'),
      UpdateExpression: option('update-expression'),
      ExpressionAttributeNames: json('expression-attribute-names'),
      ExpressionAttributeValues: json('expression-attribute-values'),
    }),
  })
  expect(await answer.text()).toBe('{}')
}

async function cache(): Promise<{ state: string; epoch: number }> {
  // The API's own answer.
  return ((await (await fetch(`${api.url}/health`)).json()) as { cache: { state: string; epoch: number } })
    .cache
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + PATIENCE; !(await condition()); await sleep(50)) {
    if (performance.now() > end)
      throw new Error(`waited for ${PATIENCE / 1000} s in vain; seen: ${JSON.stringify(await cache())}`)
  }
}
