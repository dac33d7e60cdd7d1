import type { Checks } from '../check.ts'
import { cartIn, orderIn } from '../target/cart.ts'
import { want, wantProblem } from '../target/wanting.ts'

/** One order is made for all that is to be seen of orders. */
export const CHECKOUT_CHECKS: Checks = [
  {
    name: 'a checkout makes an order of the cart, and empties it',
    run: async (shop) => {
      const cart = await shop.newCart()
      const { total } = cartIn(await cart.add(shop.first, 1))
      const key = crypto.randomUUID()
      const answer = await cart.checkOut({ expectedTotal: total }, { headers: { 'Idempotency-Key': key } })
      const order = orderIn(answer, 201)
      shop.placed({ cart, order, key })
      want(answer, 'cartId', order.cartId, cart.id)
      want(answer, 'total', order.total, total)
      want(answer, 'itemCount', order.itemCount, 1)
      want(answer, 'Location', answer.headers.location, `/checkout/${order.orderId}`)
      const read = await cart.read()
      want(read, 'lines', cartIn(read).lines, [])
    },
  },
  {
    name: 'an order can be read again',
    run: async (shop) => {
      const { cart, order } = shop.order
      const answer = await cart.readOrder(order.orderId)
      want(answer, 'order', orderIn(answer, 200), order)
    },
  },
  {
    name: 'a repeated checkout is the same order',
    run: async (shop) => {
      const { cart, order } = shop.order
      const answer = await cart.checkOut({})
      want(answer, 'orderId', orderIn(answer, 200).orderId, order.orderId)
    },
  },
  {
    name: 'a checkout at another total than expected makes no order',
    run: async (shop) => {
      const cart = await shop.newCart()
      const { total } = cartIn(await cart.add(shop.first, 1))
      const expectedTotal = { ...total, amount: total.amount + 1 }
      wantProblem(await cart.checkOut({ expectedTotal }), 409, 'total-changed')
      const read = await cart.read()
      want(read, 'itemCount', cartIn(read).itemCount, 1)
    },
  },
  {
    name: 'an empty cart is not ordered',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantProblem(await cart.checkOut({}), 409, 'cart-empty')
    },
  },
]
