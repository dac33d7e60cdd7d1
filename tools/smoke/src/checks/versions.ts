import type { Checks } from '../check.ts'
import { type Cart, cartIn, quantityOf } from '../target/cart.ts'
import type { Offer } from '../target/offers.ts'
import type { Answer } from '../target/target.ts'
import { want, wantProblem, wantStatus, wantThat } from '../target/wanting.ts'

/** Entity tags, and what is done with them (RFC 9110 §8.8.3, §13.1). */
export const VERSION_CHECKS: Checks = [
  {
    name: 'each version of a cart has a strong ETag of its own',
    run: async (shop) => {
      const cart = await shop.newCart()
      const versions = [await cart.read(), await cart.add(shop.first, 1), await cart.remove(shop.first)]
      const tags = new Set<string>()
      for (const answer of versions) {
        wantStatus(answer, 200)
        const tag = strongTagOf(answer)
        wantThat(answer, !tags.has(tag), `ETag ${tag} of an earlier version`, 'another ETag')
        tags.add(tag)
      }
      const read = await cart.read()
      want(read, 'ETag', read.headers.etag, [...tags].at(-1))
    },
  },
  {
    name: 'an unchanged cart is answered with 304',
    run: async (shop) => {
      const cart = await shop.newCart()
      const tag = await tagOfEmptied(cart, shop.first)
      wantStatus(await cart.read({ headers: { 'If-None-Match': tag } }), 304)
      wantStatus(await cart.add(shop.first, 1), 200)
      wantStatus(await cart.read({ headers: { 'If-None-Match': tag } }), 200)
    },
  },
  {
    name: 'a change of the version that is there is made',
    run: async (shop) => {
      const cart = await shop.newCart()
      const tag = await tagOfEmptied(cart, shop.first)
      wantStatus(await cart.add(shop.first, 1, { headers: { 'If-Match': tag } }), 200)
      const read = await cart.read()
      want(read, 'quantity', quantityOf(cartIn(read), shop.first), 1)
    },
  },
  {
    name: 'a change of a version that is gone is refused',
    run: async (shop) => {
      const cart = await shop.newCart()
      const tag = await tagOfEmptied(cart, shop.first)
      wantStatus(await cart.add(shop.first, 1), 200)
      const refused = await cart.add(shop.first, 1, { headers: { 'If-Match': tag } })
      wantProblem(refused, 412, 'version-mismatch')
      want(refused, 'currentVersion', refused.body['currentVersion'], 3)
      const read = await cart.read()
      want(read, 'quantity', quantityOf(cartIn(read), shop.first), 1)
    },
  },
]

/**
 * The tag of a cart that was changed and holds nothing. A tag stands for all that is shown, names of products too, which an
 * instance that has just started may not know yet where they come from a product service.
 */
async function tagOfEmptied(cart: Cart, offer: Offer): Promise<string> {
  wantStatus(await cart.add(offer, 1), 200)
  return strongTagOf(await cart.remove(offer))
}

function strongTagOf(answer: Answer): string {
  const { etag = 'missing' } = answer.headers
  wantThat(answer, /^"[^"]+"$/.test(etag), `ETag ${etag}`, 'a strong ETag, in quotes')
  return etag
}
