import type { Checks } from '../check.ts'
import { cartIn } from '../target/cart.ts'
import { want, wantProblem, wantThat } from '../target/wanting.ts'

/** Refusals that a program can read (RFC 9457). */
export const PROBLEM_CHECKS: Checks = [
  {
    name: 'an unknown address is answered with a problem',
    run: async (shop) => wantProblem(await shop.ask({ path: '/no-such-address' }), 404, 'not-found'),
  },
  {
    name: 'an unknown order is answered with a problem',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantProblem(await cart.readOrder(crypto.randomUUID()), 404, 'not-found')
    },
  },
  {
    name: 'an unknown product does not come into the cart',
    run: async (shop) => {
      const cart = await shop.newCart()
      const unknown = { productId: `no-such-product-${crypto.randomUUID()}`, price: shop.first.price }
      wantProblem(await cart.add(unknown, 1), 422, 'unknown-product')
      const read = await cart.read()
      want(read, 'lines', cartIn(read).lines, [])
    },
  },
  {
    name: 'a malformed request is told what is wrong with it',
    run: async (shop) => {
      const cart = await shop.newCart()
      const answer = await cart.add(shop.first, 0)
      wantProblem(answer, 400, 'malformed-request')
      const told = JSON.stringify(answer.body['errors'] ?? [])
      wantThat(answer, told.includes('"/quantity"'), `errors ${told}`, 'an error that points at /quantity')
    },
  },
]
