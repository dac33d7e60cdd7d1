import type { Checks } from '../check.ts'
import { cartIn, quantityOf } from '../target/cart.ts'
import { want, wantProblem, wantStatus } from '../target/wanting.ts'

export const MERGE_CHECKS: Checks = [
  {
    name: 'a merge adds up what two carts hold, and empties the source',
    run: async (shop) => {
      const [target, source] = [await shop.newCart(), await shop.newCart()]
      wantStatus(await target.add(shop.first, 2), 200)
      wantStatus(await source.add(shop.first, 1), 200)
      wantStatus(await target.merge(source), 200)
      const merged = await target.read()
      want(merged, 'quantity', quantityOf(cartIn(merged), shop.first), 3)
      const left = await source.read()
      want(left, 'lines', cartIn(left).lines, [])
    },
  },
  {
    name: 'a cart is not merged into itself',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantProblem(await cart.merge(cart), 409, 'merge-into-itself')
    },
  },
]
