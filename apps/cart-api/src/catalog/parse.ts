import { types } from 'node:util'
import type { Currency, Money, ProductId, VariantId } from '@cartwright/cart-domain'
import type { Static, TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { Product, Variant } from './catalog.ts'
import { flaw, schemaFlaw } from './flaw.ts'
import { CatalogFileSchema, ProductListSchema, ProductSchema } from './schema.ts'

/** Text that does not hold what it should. The message names the place, what was seen there and what is wanted. */
export class Malformed extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Malformed'
  }
}

const catalogFile = Compile(CatalogFileSchema)
const product = Compile(ProductSchema)
const productList = Compile(ProductListSchema)
const utf8 = new TextDecoder('utf-8', { fatal: true })
const currencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))

type ProductJson = Static<typeof ProductSchema>
type PriceJson = ProductJson['price']

/** @throws Malformed */
export function parseCatalogFile(bytes: Uint8Array): { products: readonly Product[]; currency?: Currency } {
  const { products, currency } = conforming(catalogFile, bytes)
  if (currency !== undefined) checkCurrency(currency, '/currency')
  return { products: toProducts(products), ...(currency === undefined ? {} : { currency }) }
}

/** One product as a product service answers. @throws Malformed */
export function parseProduct(bytes: Uint8Array): Product {
  return toProduct(conforming(product, bytes), '')
}

/** All products as a product service answers. @throws Malformed */
export function parseProductList(bytes: Uint8Array): readonly Product[] {
  return toProducts(conforming(productList, bytes).products)
}

function conforming<Schema extends TSchema, Json>(
  validator: Validator<Record<never, never>, Schema, Json>,
  bytes: Uint8Array,
): Json {
  const value = parseJson(bytes)
  if (validator.Check(value)) return value
  const error = validator.Errors(value)[0]
  throw new Malformed(error === undefined ? 'not as wanted' : schemaFlaw(error, validator.Type(), value))
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch (error) {
    // V8 quotes the text around the place, line breaks and all.
    const message = types.isNativeError(error) ? error.message.replaceAll(/\s+/g, ' ') : String(error)
    throw new Malformed(`not JSON: ${message}`)
  }
}

function toProducts(all: readonly ProductJson[]): readonly Product[] {
  refuseRepeats(
    all.map((one) => one.productId),
    (index) => `/products/${index}/productId`,
  )
  return all.map((one, index) => toProduct(one, `/products/${index}`))
}

/** The product with the fields that we know and no others: the rest of the text need not stay in memory. */
function toProduct(json: ProductJson, pointer: string): Product {
  const { productId, name, description, price, variants } = json
  return {
    // The schema has seen what makes it an id.
    productId: productId as ProductId,
    name,
    ...(description === undefined ? {} : { description }),
    price: toPrice(price, `${pointer}/price`),
    ...(variants === undefined ? {} : { variants: toVariants(variants, `${pointer}/variants`) }),
  }
}

function toVariants(all: NonNullable<ProductJson['variants']>, pointer: string): readonly Variant[] {
  refuseRepeats(
    all.map((one) => one.variant),
    (index) => `${pointer}/${index}/variant`,
  )
  return all.map(({ variant, name, price }, index) => ({
    // The schema has seen what makes it an id.
    variant: variant as VariantId,
    name,
    ...(price === undefined ? {} : { price: toPrice(price, `${pointer}/${index}/price`) }),
  }))
}

function toPrice({ amount, currency }: PriceJson, pointer: string): Money {
  checkCurrency(currency, `${pointer}/currency`)
  return { amount, currency }
}

function checkCurrency(currency: string, pointer: string): void {
  if (!currencies.has(currency)) throw new Malformed(flaw(pointer, currency, 'an ISO 4217 code such as EUR'))
}

function refuseRepeats(ids: readonly string[], pointer: (index: number) => string): void {
  const first = new Map<string, number>()
  for (const [index, id] of ids.entries()) {
    const earlier = first.get(id)
    if (earlier !== undefined) {
      throw new Malformed(flaw(pointer(index), id, `an id other than that at ${pointer(earlier)}`))
    }
    first.set(id, index)
  }
}
