import { offersOf } from './offers.ts'

const EUR = (amount: number) => ({ amount, currency: 'EUR' })
const MUG = { productId: 'mug', price: EUR(900) }
const CAP = { productId: 'cap', price: EUR(1500) }
const TEE = {
  productId: 'tee',
  price: EUR(1900),
  variants: [{ variant: 'm' }, { variant: 'xl', price: EUR(2100) }],
}

test('where a catalog has both kinds, each is offered', () => {
  const offers = {
    first: { productId: 'mug', price: EUR(900) },
    second: { productId: 'tee', variant: 'm', price: EUR(1900) },
  }

  expect(offersOf([TEE, MUG, CAP])).toEqual(offers)
  expect(offersOf([MUG, CAP, TEE])).toEqual(offers)
})

test('variants alone, or products without, are enough', () => {
  expect(offersOf([TEE])).toEqual({
    first: { productId: 'tee', variant: 'm', price: EUR(1900) },
    second: { productId: 'tee', variant: 'xl', price: EUR(2100) },
  })
  expect(offersOf([MUG, CAP])).toMatchObject({ first: MUG, second: CAP })
})

test('the second one has the currency of the first', () => {
  const foreign = { productId: 'hat', price: { amount: 500, currency: 'USD' } }

  expect(offersOf([MUG, foreign])).toEqual({ first: MUG, second: undefined })
  expect(offersOf([MUG, foreign, CAP])).toMatchObject({ second: CAP })
})

test('an empty catalog offers nothing', () => {
  expect(offersOf([])).toBeUndefined()
})
