import type { ProductId, VariantId } from '@cartwright/cart-domain'
import { offerOf, type Product } from './catalog.ts'

// Plain texts stand for ids here.
const id = (text: string) => text as ProductId
const variant = (text: string) => text as VariantId
const eur = (amount: number) => ({ amount, currency: 'EUR' })

const plain: Product = { productId: id('mug'), name: 'Mug', price: eur(900) }
const shirt: Product = {
  productId: id('shirt'),
  name: 'Linen shirt',
  price: eur(5900),
  variants: [
    { variant: variant('m'), name: 'M' },
    { variant: variant('xxl'), name: 'XXL', price: eur(6400) },
    { variant: variant('gift'), name: 'Linen shirt in a gift box', price: eur(0) },
  ],
}

test('a product that is not there is unknown', () => {
  expect(offerOf(undefined, undefined)).toEqual({ kind: 'unknown-product' })
})

test('a product without variants is offered as it is', () => {
  expect(offerOf(plain, undefined)).toEqual({ kind: 'offered', unitPrice: eur(900), name: 'Mug' })
})

test('a superfluous variant is unknown, and so is one of a product with an empty list', () => {
  expect(offerOf(plain, variant('m'))).toEqual({ kind: 'unknown-variant', variants: [] })
  expect(offerOf({ ...plain, variants: [] }, variant('m'))).toEqual({ kind: 'unknown-variant', variants: [] })
})

test('a missing or wrong variant is answered with those that there are', () => {
  const unknown = { kind: 'unknown-variant', variants: ['m', 'xxl', 'gift'] }
  expect(offerOf(shirt, undefined)).toEqual(unknown)
  expect(offerOf(shirt, variant('s'))).toEqual(unknown)
  expect(offerOf(shirt, variant('__proto__'))).toEqual(unknown)
})

test("a variant costs the product's price unless it has its own, which may be nothing", () => {
  expect(offerOf(shirt, variant('m'))).toMatchObject({ unitPrice: eur(5900), name: 'Linen shirt, M' })
  expect(offerOf(shirt, variant('xxl'))).toMatchObject({ unitPrice: eur(6400), name: 'Linen shirt, XXL' })
  expect(offerOf(shirt, variant('gift'))).toMatchObject({ unitPrice: eur(0) })
})

test("a variant's name that says the product's already stands alone", () => {
  expect(offerOf(shirt, variant('gift'))).toMatchObject({ name: 'Linen shirt in a gift box' })
})

test('names put together keep to 200 characters, and no character is cut in half', () => {
  const long: Product = {
    ...plain,
    name: '🧵'.repeat(199),
    variants: [{ variant: variant('a'), name: '🧶'.repeat(200) }],
  }

  const offer = offerOf(long, variant('a'))

  const name = offer.kind === 'offered' ? (offer.name ?? '') : ''
  expect(Array.from(name)).toHaveLength(200)
  expect(name.endsWith('…')).toBe(true)
  expect(name.isWellFormed()).toBe(true)
})
