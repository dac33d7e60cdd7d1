import { type Check, type Checks, Mismatch, NotChecked } from '../check.ts'
import { cartIn, quantityOf } from '../target/cart.ts'
import type { Answer } from '../target/target.ts'
import { want, wantStatus } from '../target/wanting.ts'

/** How often the cart is changed and read until so many instances have answered, for each of them. */
const TRIES = 10

/** @param instances so many have to answer */
export function instanceChecks(instances: number): Checks {
  return [sameCart(instances)]
}

function sameCart(instances: number): Check {
  return {
    name: 'another instance sees the same cart',
    run: async (shop) => {
      const cart = await shop.newCart()
      const met = new Set<string>()
      let last = await cart.add(shop.first, 1, { isFresh: true })
      wantStatus(last, 200)
      // Whether one has shown what another has written: both may have been the same each time.
      let isSeen = false
      for (let tried = 0; tried < TRIES * instances && !(isSeen && met.size >= instances); tried += 1) {
        const quantity = 1 + (tried % 2)
        const written = await cart.set(shop.first, quantity, { isFresh: true })
        wantStatus(written, 200)
        last = await cart.read({ isFresh: true })
        want(last, `quantity at ${instanceOf(last)}`, quantityOf(cartIn(last), shop.first), quantity)
        met.add(instanceOf(written)).add(instanceOf(last))
        if (instanceOf(written) !== instanceOf(last)) isSeen = true
      }
      const names = [...met].join(', ')
      if (met.size < instances) {
        throw new Mismatch({
          request: last.request,
          seen: `${met.size} in ${2 * TRIES * instances} requests (${names})`,
          wanted: `${instances} instances that answer`,
        })
      }
      if (!isSeen) throw new NotChecked(`only one instance answers (${names})`)
    },
  }
}

function instanceOf({ headers }: Answer): string {
  return String(headers['x-instance-id'] ?? 'an instance that does not tell its name')
}
