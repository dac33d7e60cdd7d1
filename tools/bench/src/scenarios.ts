import { randomUUID } from 'node:crypto'
import { type BenchRequest, send } from './request.ts'
import type { StoreName } from './stores.ts'

/** One thing that clients do, as it is measured. */
export interface Scenario {
  readonly name: string
  readonly title: string
  /** Where the carts are; its servers are started anew for each measurement. */
  readonly store: StoreName
  /** Settings of the cart API beside its defaults and those that lead to the store. */
  readonly settings: Readonly<Record<string, string>>
  /** How many lines the carts have before. */
  readonly lines: number
  /** What every client repeats on its own cart, which holds `line`. */
  readonly request: (cartId: string, line: Line) => BenchRequest
  /** How many times the CPU time of bare Express a request may cost; absent where nothing is aimed at. */
  readonly aim?: number
  /** The name of the scenario with the same requests with the embedded store: what the client of this one adds. */
  readonly beside?: string
}

/** A line as requests name it. */
export interface Line {
  readonly productId: string
  readonly variant?: string
}

const showCart = (cartId: string): BenchRequest => ({
  method: 'GET',
  path: '/cart',
  headers: { 'X-Cart-ID': cartId },
})
const addItem = (cartId: string, line: Line): BenchRequest => ({
  method: 'POST',
  path: '/cart/items',
  headers: { 'X-Cart-ID': cartId },
  body: JSON.stringify({ ...line, quantity: 1 }),
})
/** High enough for a line that a client adds to as fast as it can. */
const UNLIMITED = { MAX_LINE_QUANTITY: '2147483647' }

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'get',
    title: 'GET /cart, 10 lines',
    store: 'sqlite',
    settings: { SQLITE_SYNCHRONOUS: 'full' },
    lines: 10,
    request: showCart,
    aim: 2,
  },
  {
    name: 'post',
    title: 'POST /cart/items, SQLITE_SYNCHRONOUS=full',
    store: 'sqlite',
    settings: { SQLITE_SYNCHRONOUS: 'full', ...UNLIMITED },
    lines: 1,
    request: addItem,
    aim: 3,
  },
  {
    name: 'post-normal',
    title: 'POST /cart/items, SQLITE_SYNCHRONOUS=normal',
    store: 'sqlite',
    settings: { SQLITE_SYNCHRONOUS: 'normal', ...UNLIMITED },
    lines: 1,
    request: addItem,
  },
  {
    name: 'redis-get',
    title: 'GET /cart, 10 lines, STORE=redis',
    store: 'redis',
    settings: {},
    lines: 10,
    request: showCart,
  },
  {
    name: 'redis-post',
    title: 'POST /cart/items, STORE=redis',
    store: 'redis',
    settings: UNLIMITED,
    lines: 1,
    request: addItem,
    aim: 3,
  },
  {
    name: 'dynamodb-get',
    title: 'GET /cart, 10 lines, STORE=dynamodb',
    store: 'dynamodb',
    settings: {},
    lines: 10,
    request: showCart,
    beside: 'get',
  },
  {
    name: 'dynamodb-post',
    title: 'POST /cart/items, STORE=dynamodb',
    store: 'dynamodb',
    settings: UNLIMITED,
    lines: 1,
    request: addItem,
    beside: 'post',
  },
  {
    name: 'cached-get',
    title: 'GET /cart, 10 lines, STORE=cached',
    store: 'cached',
    settings: {},
    lines: 10,
    request: showCart,
    beside: 'get',
  },
  {
    name: 'cached-post',
    title: 'POST /cart/items, STORE=cached',
    store: 'cached',
    settings: UNLIMITED,
    lines: 1,
    request: addItem,
    beside: 'post',
  },
]

/** Makes a cart for each client and gives the request that each repeats. */
export async function prepareCarts(
  scenario: Scenario,
  url: string,
  clients: number,
): Promise<BenchRequest[]> {
  const lines = (await linesOnOffer(url)).slice(0, scenario.lines)
  const [first] = lines
  if (first === undefined || lines.length < scenario.lines) {
    throw new Error(`the catalog offers ${lines.length} lines; wanted: ${scenario.lines}`)
  }
  const requests: BenchRequest[] = []
  for (let client = 0; client < clients; client++) {
    const cartId = randomUUID()
    const actions = lines.map((line) => ({ type: 'add', ...line, quantity: 1 }))
    await send(
      {
        method: 'POST',
        path: '/cart/actions',
        headers: { 'X-Cart-ID': cartId },
        body: JSON.stringify({ actions }),
      },
      url,
    )
    requests.push(scenario.request(cartId, first))
  }
  return requests
}

async function linesOnOffer(url: string): Promise<Line[]> {
  const text = await send({ method: 'GET', path: '/products', headers: {} }, url)
  const { products }: { products: { productId: string; variants?: { variant: string }[] }[] } =
    JSON.parse(text)
  return products.flatMap(({ productId, variants }) =>
    variants === undefined ? [{ productId }] : variants.map(({ variant }) => ({ productId, variant })),
  )
}
