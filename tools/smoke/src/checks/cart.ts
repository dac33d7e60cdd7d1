import type { Checks } from '../check.ts'
import { cartIn, keyOf, quantityOf } from '../target/cart.ts'
import { want, wantStatus, wantThat } from '../target/wanting.ts'

/** The life of a cart. What a change has answered is read again: an answer alone is soon made. */
export const CART_CHECKS: Checks = [
  { name: 'the catalog has products', run: (shop) => shop.readCatalog() },
  {
    name: 'a new cart has an id of its own, and nothing in it',
    run: async (shop) => {
      const another = await shop.newCart()
      const { cart, answer } = await shop.mint()
      wantThat(answer, cart.id !== another.id, `the id ${cart.id} twice`, 'an id that no other cart has')
      want(answer, 'Location', answer.headers.location, '/cart')
      const read = await cart.read()
      const { version, lines, itemCount } = cartIn(read)
      want(read, 'cart', { version, lines, itemCount }, { version: 0, lines: [], itemCount: 0 })
    },
  },
  {
    name: 'an added item is in the cart, at the price of the catalog',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantStatus(await cart.add(shop.first, 2), 200)
      const read = await cart.read()
      const { lines, itemCount, total } = cartIn(read)
      const shown = lines.map(({ productId, variant, quantity, unitPrice }) => ({
        ...keyOf({ productId, ...(variant === undefined ? {} : { variant }), price: unitPrice }),
        quantity,
        unitPrice,
      }))
      const { price } = shop.first
      want(read, 'lines', shown, [{ ...keyOf(shop.first), quantity: 2, unitPrice: price }])
      want(read, 'itemCount', itemCount, 2)
      want(read, 'total', total, { amount: 2 * price.amount, currency: price.currency })
    },
  },
  {
    name: 'another item is a line of its own',
    run: async (shop) => {
      const { first, second } = shop
      const cart = await shop.newCart()
      wantStatus(await cart.add(first, 1), 200)
      wantStatus(await cart.add(second, 1), 200)
      const read = await cart.read()
      const { lines, total } = cartIn(read)
      want(read, 'lines', lines.length, 2)
      want(read, 'total', total.amount, first.price.amount + second.price.amount)
    },
  },
  {
    name: 'what is added again is added up',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantStatus(await cart.add(shop.first, 1), 200)
      wantStatus(await cart.add(shop.first, 2), 200)
      const read = await cart.read()
      want(read, 'quantity', quantityOf(cartIn(read), shop.first), 3)
    },
  },
  {
    name: 'a quantity that is set stands',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantStatus(await cart.add(shop.first, 1), 200)
      wantStatus(await cart.set(shop.first, 3), 200)
      const read = await cart.read()
      want(read, 'quantity', quantityOf(cartIn(read), shop.first), 3)
    },
  },
  {
    name: 'a removed item is gone',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantStatus(await cart.add(shop.first, 1), 200)
      wantStatus(await cart.remove(shop.first), 200)
      const read = await cart.read()
      want(read, 'lines', cartIn(read).lines, [])
    },
  },
  {
    name: 'several changes at once make one version',
    run: async (shop) => {
      const cart = await shop.newCart()
      const item = keyOf(shop.first)
      const actions = [
        { type: 'add', ...item, quantity: 1 },
        { type: 'set', ...item, quantity: 2 },
      ]
      wantStatus(await cart.act(actions), 200)
      const read = await cart.read()
      const shown = cartIn(read)
      want(read, 'version', shown.version, 1)
      want(read, 'quantity', quantityOf(shown, shop.first), 2)
    },
  },
  {
    name: 'a cleared cart is empty',
    run: async (shop) => {
      const cart = await shop.newCart()
      wantStatus(await cart.add(shop.first, 1), 200)
      wantStatus(await cart.clear(), 200)
      const read = await cart.read()
      want(read, 'lines', cartIn(read).lines, [])
    },
  },
]
