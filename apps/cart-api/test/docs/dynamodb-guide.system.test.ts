import { hash, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createTable, TABLE_DEFINITION } from '@cartwright/cart-store/dynamodb'
import {
  type DynamoServer,
  type HttpFaultProxy,
  startDynamo,
  startHttpFaultProxy,
} from '@cartwright/test-servers'
// How DynamoDB counts an item's bytes: no program needs it, so the package does not export it.
import { type Item, itemSize } from '../../../../packages/cart-store/src/dynamodb/item-size.ts'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { Shopper } from '../shopper.ts'

const ROOT = path.join(import.meta.dirname, '../../../..')
const GUIDE = readFileSync(path.join(ROOT, 'docs/guides/dynamodb.md'), 'utf8')
const ADAPTER = path.join(ROOT, 'packages/cart-store/src/dynamodb')

/** A transaction as it goes over the wire: bytes as base64. */
interface Transaction {
  readonly TransactItems: readonly Readonly<Record<string, { readonly Item?: WireItem }>>[]
}
type WireItem = Readonly<Record<string, { readonly S?: string; readonly N?: string; readonly B?: string }>>

let folder: string
let server: DynamoServer
let proxy: HttpFaultProxy
let api: OwnProcessApi
/** All that were sent, in their order. */
const transactions: Transaction[] = []

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-dynamodb-guide-'))
  const catalog = path.join(folder, 'products.json')
  writeFileSync(catalog, JSON.stringify({ products: PRODUCTS }))
  server = await startDynamo()
  await createTable({ table: 'carts', client: server.client })
  proxy = await startHttpFaultProxy(server.client.endpoint)
  proxy.set(({ headers, body }) => {
    // What the SDK sends for it.
    if (isTransaction(headers)) transactions.push(JSON.parse(body.toString()) as Transaction)
    return undefined
  })
  const { region, credentials } = server.client
  api = await startOwnProcess({
    environment: {
      STORE: 'dynamodb',
      TABLE_NAME: 'carts',
      CATALOG: catalog,
      AWS_ENDPOINT_URL: proxy.url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  })
})
afterAll(async () => {
  await endOwnProcesses()
  await proxy.stop()
  await server.stop()
  rmSync(folder, { recursive: true })
})

test("the guide's table of write units is what the API writes", async () => {
  const rows: Row[] = []
  for (const lines of [1, 10, 200]) rows.push(...(await measured(lines)))

  expect(tableOf('Write units')).toEqual(rows)
}, 60_000)

test("the guide's policy allows what the adapter does, and nothing else", async () => {
  const sources = readdirSync(ADAPTER).filter((name) => !/^create-table|\.test\.ts$/.test(name))
  const commands = sources.flatMap((name) => [
    ...readFileSync(path.join(ADAPTER, name), 'utf8').matchAll(/new (\w+)Command\(/g),
  ])
  await new Shopper(api.url).add(PRODUCTS[0]?.productId ?? '')
  // A transaction is judged by what it consists of, `Put` by the right to PutItem.
  const inTransactions = transactions.flatMap(({ TransactItems }) => TransactItems.flatMap(Object.keys))
  const used = [...commands.map(([, name]) => name), ...inTransactions.map((kind) => `${kind}Item`)]

  const policy = JSON.parse(/```json\n(.*?)```/s.exec(GUIDE)?.[1] ?? '') as { Action: string[] }

  const wanted = new Set(used.filter((name) => name !== 'TransactWriteItems'))
  expect(policy.Action.toSorted()).toEqual([...wanted].map((name) => `dynamodb:${name}`).toSorted())
})

test("the guide's table is the adapter's", () => {
  const file = /--schema (\S+)/.exec(GUIDE)?.[1] ?? ''

  expect(JSON.parse(readFileSync(path.join(ROOT, file), 'utf8'))).toEqual({
    TableName: 'carts',
    BillingMode: 'PAY_PER_REQUEST',
    ...TABLE_DEFINITION,
  })
})

test("the guide's settings for a trial start the API on a table of its own", async () => {
  const line = GUIDE.split('\n').find((text) => text.startsWith('STORE=dynamodb TABLE_NAME=carts '))
  const settings = [...(line ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])
  const folder = mkdtempSync(path.join(tmpdir(), 'dynamodb-guide-'))
  const own = { AWS_ENDPOINT_URL: server.client.endpoint, DATA_DIR: folder }
  const environment = { ...Object.fromEntries(settings), ...own }

  const trial = await startOwnProcess({ environment })

  expect(line).toMatch(/ npm start$/)
  expect(await new Shopper(trial.url).add('canvas-tote')).toMatchObject({ status: 200 })
  expect(await trial.stop()).toEqual({ code: 0, signal: null })
  rmSync(folder, { recursive: true })
})

type Row = readonly string[]

/** What a change of a cart with so many lines writes, and its checkout, as rows of the guide's table. */
async function measured(lines: number): Promise<Row[]> {
  const shopper = new Shopper(api.url)
  for (const [n, { productId }] of PRODUCTS.slice(0, lines).entries())
    await shopper.add(productId, 1 + (n % 4))
  const before = itemSize(itemOf('cart'))
  const keyed = () => shopper.with({ 'Idempotency-Key': randomUUID() })
  const [first] = PRODUCTS

  await keyed().add(first?.productId ?? '')
  const change = [String(lines), 'a change', ...cellsOf(before)]
  const full = itemSize(itemOf('cart'))
  await keyed().checkOut()
  return [change, [String(lines), 'its checkout', ...cellsOf(full)]]
}

/** Write units of the last transaction: of cart, kept answer, order and outbox row, and of all. */
function cellsOf(cartBefore: number): string[] {
  const units = (['cart', 'answer', 'order', 'outbox'] as const).map((part) => {
    const size = itemSize(itemOf(part))
    // Of an item that is replaced, the larger one counts.
    return unitsOf(part === 'cart' ? Math.max(size, cartBefore) : size)
  })
  return [...units, units.reduce((sum, each) => sum + each, 0)].map(String)
}

/** A transaction costs two units for each started kilobyte of each of its items. */
function unitsOf(size: number): number {
  return 2 * Math.ceil(size / 1024)
}

/** That part of the last transaction, or an item of no bytes. */
function itemOf(part: 'cart' | 'answer' | 'order' | 'outbox'): Item {
  const items = (transactions.at(-1)?.TransactItems ?? []).map(({ Put }) => Put?.Item ?? {})
  const found = items.find(({ pk, sk }) => {
    const [kind] = (pk?.S?.startsWith('cart#') ? sk?.S : pk?.S)?.split('#') ?? []
    return kind === part
  })
  const attributes = Object.entries(found ?? {}).map(([name, { S, N, B }]) => {
    if (B !== undefined) return [name, { B: Buffer.from(B, 'base64') }]
    return [name, S === undefined ? { N } : { S }]
  })
  // Each attribute has one of the three, as the SDK has sent it.
  return Object.fromEntries(attributes) as Item
}

/** The body of the table under this heading. */
function tableOf(heading: string): Row[] {
  const section = GUIDE.split(/^## /m).find((text) => text.startsWith(heading)) ?? ''
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

function isTransaction(headers: Readonly<Record<string, unknown>>): boolean {
  return String(headers['x-amz-target']).endsWith('.TransactWriteItems')
}

const MATERIALS = 'Walnut Linen Stoneware Brass Cork Enamel Merino Slate Rattan Leather'.split(' ')
const THINGS = [
  ...[
    'serving board',
    'apron',
    'teapot',
    'ladle',
    'trivet',
    'colander',
    'throw',
    'coaster',
    'basket',
    'pouch',
  ],
  ...['napkin', 'salt cellar', 'vase', 'candlestick', 'bookend', 'stool', 'lamp', 'tray', 'jar', 'hook'],
]
/** 200 products with ids and names as shops have them: what is compressed must not be more alike than it would be. */
const PRODUCTS = THINGS.flatMap((thing) => MATERIALS.map((material) => `${material} ${thing}`)).map(
  (name) => {
    const digits = hash('sha256', name)
    return {
      productId: `${name.toLowerCase().replaceAll(' ', '-')}-${digits.slice(0, 4)}`,
      name,
      price: { amount: 500 + (Number.parseInt(digits.slice(4, 8), 16) % 200) * 45, currency: 'EUR' },
    }
  },
)
