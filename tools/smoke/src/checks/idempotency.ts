import type { Checks } from '../check.ts'
import { cartIn, orderIn, quantityOf } from '../target/cart.ts'
import { want, wantProblem, wantStatus } from '../target/wanting.ts'

export const IDEMPOTENCY_CHECKS: Checks = [
  {
    name: 'an add that is sent again with its key counts once',
    run: async (shop) => {
      const cart = await shop.newCart()
      const headers = { 'Idempotency-Key': crypto.randomUUID() }
      const first = await cart.add(shop.first, 1, { headers })
      wantStatus(first, 200)
      const again = await cart.add(shop.first, 1, { headers })
      wantStatus(again, 200)
      want(again, 'Idempotent-Replayed', again.headers['idempotent-replayed'], 'true')
      want(again, 'cart', again.body, first.body)
      const read = await cart.read()
      want(read, 'quantity', quantityOf(cartIn(read), shop.first), 1)
    },
  },
  {
    name: 'a checkout that is sent again with its key gets its first answer',
    run: async (shop) => {
      const { cart, order, key } = shop.order
      const body = { expectedTotal: order.total }
      const again = await cart.checkOut(body, { headers: { 'Idempotency-Key': key } })
      want(again, 'orderId', orderIn(again, 201).orderId, order.orderId)
      want(again, 'Idempotent-Replayed', again.headers['idempotent-replayed'], 'true')
    },
  },
  {
    name: 'a key that stands for another request is refused',
    run: async (shop) => {
      const cart = await shop.newCart()
      const headers = { 'Idempotency-Key': crypto.randomUUID() }
      wantStatus(await cart.add(shop.first, 1, { headers }), 200)
      wantProblem(await cart.add(shop.first, 2, { headers }), 422, 'idempotency-key-reused')
      const read = await cart.read()
      want(read, 'quantity', quantityOf(cartIn(read), shop.first), 1)
    },
  },
]
