import type { Words } from './fitting-values.ts'

/** Carts that the requests have in common, so that they meet what others did. */
const CARTS = ['cart-one', 'cart.two', '__proto__', 'constructor']

interface Shelf {
  readonly products: readonly { productId: string; variants?: readonly { variant: string }[] }[]
}

/** What means something to this API: two of its products, an order of each cart, the carts themselves. */
export async function gatherWords(url: string): Promise<Words> {
  const { products } = (await (await fetch(`${url}/products`)).json()) as Shelf
  const plain = products.find(({ variants }) => variants === undefined)?.productId ?? ''
  const varied = products.find(({ variants }) => variants !== undefined)
  return {
    productId: [plain, varied?.productId ?? ''],
    variant: [varied?.variants?.[0]?.variant ?? ''],
    orderId: await Promise.all(CARTS.map((cart) => order(url, cart, plain))),
    sourceCartId: CARTS,
    'X-Cart-ID': CARTS,
    'X-User-ID': [...Array<string>(18).fill('ada'), 'grace', ''],
    'If-Match': ['*'],
    'If-None-Match': ['*'],
    'Idempotency-Key': ['again', '"again"', 'twice'],
    currency: ['EUR'],
  }
}

async function order(url: string, cart: string, productId: string): Promise<string> {
  const headers = { 'X-Cart-ID': cart, 'Content-Type': 'application/json' }
  const body = JSON.stringify({ productId, quantity: 1 })
  await fetch(`${url}/cart/items`, { method: 'POST', headers, body })
  const response = await fetch(`${url}/checkout/start`, { method: 'POST', headers })
  return ((await response.json()) as { orderId: string }).orderId
}
