import fc from 'fast-check'
import { Malformed, parseCatalogFile, parseProduct, parseProductList } from './parse.ts'

const price = { amount: 1000, currency: 'EUR' }
const mug = { productId: 'mug', name: 'Mug', price }
const shirt = {
  productId: 'shirt',
  name: 'Shirt',
  description: 'Linen.',
  price,
  variants: [
    { variant: 'm', name: 'M' },
    { variant: 'xl', name: 'XL', price: { amount: 1200, currency: 'EUR' } },
  ],
}
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const complaint = (parse: () => unknown) => {
  try {
    parse()
    return 'none'
  } catch (error) {
    return error instanceof Malformed ? error.message : error
  }
}
const fileComplaint = (value: unknown) => complaint(() => parseCatalogFile(bytes(value)))

test('a good file is read whole, with and without a currency', () => {
  expect(parseCatalogFile(bytes({ products: [mug, shirt] }))).toEqual({ products: [mug, shirt] })
  expect(parseCatalogFile(bytes({ products: [mug], currency: 'JPY' })).currency).toBe('JPY')
})

test('a byte order mark is no reason to refuse a file', () => {
  const marked = new Uint8Array([0xef, 0xbb, 0xbf, ...bytes({ products: [mug] })])

  expect(parseCatalogFile(marked).products).toHaveLength(1)
})

const amount = 'an integer of minor units from 0 to 1000000000000'
const cases: [flaw: string, file: unknown, message: string][] = [
  ['no object', [], 'the whole is [], wanted a catalog: {products, currency?}'],
  ['no products', {}, '/products is missing, wanted a list of 1 or more products'],
  ['an empty shop', { products: [] }, '/products is [], wanted a list of 1 or more products'],
  [
    'no product',
    { products: [7] },
    '/products/0 is 7, wanted a product: {productId, name, description?, price, variants?}',
  ],
  [
    'no id',
    { products: [{ name: 'Mug', price }] },
    '/products/0/productId is missing, wanted text of 1 to 64 characters',
  ],
  [
    'an empty id',
    { products: [{ ...mug, productId: '' }] },
    '/products/0/productId is "", wanted text of 1 to 64 characters',
  ],
  [
    'a long id',
    { products: [{ ...mug, productId: 'a'.repeat(65) }] },
    `/products/0/productId is "${'a'.repeat(65)}", wanted text of 1 to 64 characters`,
  ],
  [
    'a long name, shown in part',
    { products: [{ ...mug, name: 'a'.repeat(201) }] },
    `/products/0/name is "${'a'.repeat(79)}…, wanted text of 1 to 200 characters`,
  ],
  [
    'a fraction',
    { products: [mug, { ...shirt, price: { ...price, amount: 9.9 } }] },
    `/products/1/price/amount is 9.9, wanted ${amount}`,
  ],
  [
    'a negative price',
    { products: [{ ...mug, price: { ...price, amount: -1 } }] },
    `/products/0/price/amount is -1, wanted ${amount}`,
  ],
  [
    'a price beyond reason',
    { products: [{ ...mug, price: { ...price, amount: 1e12 + 1 } }] },
    `/products/0/price/amount is 1000000000001, wanted ${amount}`,
  ],
  [
    'a price as text',
    { products: [{ ...mug, price: '9.90' }] },
    '/products/0/price is "9.90", wanted a price: {amount, currency}',
  ],
  [
    'small letters',
    { products: [{ ...mug, price: { ...price, currency: 'eur' } }] },
    '/products/0/price/currency is "eur", wanted an ISO 4217 code such as EUR',
  ],
  [
    'no such currency',
    { products: [{ ...mug, price: { ...price, currency: 'EUX' } }] },
    '/products/0/price/currency is "EUX", wanted an ISO 4217 code such as EUR',
  ],
  [
    'no such default currency',
    { products: [mug], currency: 'EUX' },
    '/currency is "EUX", wanted an ISO 4217 code such as EUR',
  ],
  [
    'no such currency in a variant',
    {
      products: [{ ...mug, variants: [{ variant: 'm', name: 'M', price: { amount: 1, currency: 'QQQ' } }] }],
    },
    '/products/0/variants/0/price/currency is "QQQ", wanted an ISO 4217 code such as EUR',
  ],
  [
    'no variant in the list',
    { products: [{ ...mug, variants: [] }] },
    '/products/0/variants is [], wanted a list of 1 or more variants',
  ],
  [
    'the same id twice',
    { products: [mug, shirt, mug] },
    '/products/2/productId is "mug", wanted an id other than that at /products/0/productId',
  ],
  [
    'the same variant twice',
    {
      products: [
        {
          ...mug,
          variants: [
            { variant: 'm', name: 'M' },
            { variant: 'm', name: 'N' },
          ],
        },
      ],
    },
    '/products/0/variants/1/variant is "m", wanted an id other than that at /products/0/variants/0/variant',
  ],
  [
    'a slip of the pen',
    { products: [{ ...mug, 'prize/€': 1 }] },
    '/products/0/prize~1€ is no field known there, wanted a product: {productId, name, description?, price, variants?}',
  ],
  [
    'a field of its own at the top',
    { products: [mug], version: 2 },
    '/version is no field known there, wanted a catalog: {products, currency?}',
  ],
]
test.each(cases)('a file with %s is refused with place, value and what is wanted', (_flaw, file, message) => {
  expect(fileComplaint(file)).toBe(message)
})

test('text that is no JSON, or no UTF-8, is refused', () => {
  expect(complaint(() => parseCatalogFile(new TextEncoder().encode('{"products": [')))).toMatch(
    /^not JSON: .*JSON/,
  )
  expect(complaint(() => parseCatalogFile(new TextEncoder().encode('{\n  "products": [,\n]}')))).toMatch(
    /^not JSON: .*$/,
  )
  expect(complaint(() => parseCatalogFile(new Uint8Array([0x22, 0xff, 0x22])))).toMatch(
    /^not JSON: .*encoded/,
  )
  expect(complaint(() => parseCatalogFile(new Uint8Array()))).toMatch(/^not JSON/)
})

test('a product service may say more than we know: it is left out', () => {
  const talkative = {
    ...shirt,
    purchasePrice: 400,
    price: { ...price, formatted: '10,00 €' },
    variants: [{ variant: 'm', name: 'M', stock: 3 }],
  }

  const product = parseProduct(bytes(talkative))

  expect(product).toEqual({ ...shirt, variants: [{ variant: 'm', name: 'M' }] })
  expect(parseProductList(bytes({ products: [talkative], next: null }))).toEqual([product])
})

test("a product service's products are held to the same shape, but it may have none", () => {
  expect(parseProductList(bytes({ products: [] }))).toEqual([])
  expect(complaint(() => parseProductList(bytes({ products: [mug, mug] })))).toContain(
    '/products/1/productId',
  )
  expect(complaint(() => parseProduct(bytes({ ...mug, price: { ...price, currency: 'ZZZ' } })))).toBe(
    '/price/currency is "ZZZ", wanted an ISO 4217 code such as EUR',
  )
  expect(complaint(() => parseProduct(bytes([mug])))).toMatch(/^the whole is \[\{/)
})

test('whatever JSON comes, it is a catalog or refused with one line', () => {
  const nearly = fc.record(
    {
      productId: fc.jsonValue(),
      name: fc.jsonValue(),
      price: fc.jsonValue(),
      variants: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const file = fc.oneof(fc.jsonValue(), fc.record({ products: fc.oneof(fc.array(nearly), fc.jsonValue()) }))
  fc.assert(
    fc.property(file, (value) => {
      const said = fileComplaint(value)
      expect(typeof said).toBe('string')
      expect(said).not.toContain('\n')
      expect(said).not.toContain('undefined')
      expect(String(said).length).toBeLessThan(400)
    }),
    { numRuns: 500 },
  )
})
