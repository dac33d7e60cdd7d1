import { CURRENCY_PATTERN } from '@cartwright/cart-domain'
import Type, { type TProperties } from 'typebox'

/** Characters (code points) of a product's or a variant's name, also where the two are put together. */
export const MAX_NAME_LENGTH = 200
/** Minor units: above any price, and still thousands of pieces below what a double holds exactly. */
export const MAX_PRICE_AMOUNT = 1e12

// What stands in `description` is what is wanted there: it appears in the OpenAPI document and in errors.
function text(maxLength: number) {
  return Type.String({ minLength: 1, maxLength, description: `text of 1 to ${maxLength} characters` })
}

export const ProductIdSchema = text(64)
export const VariantIdSchema = text(64)
const NameSchema = text(MAX_NAME_LENGTH)

/** Looks like a currency code; `parse.ts` also checks that ISO 4217 has it. */
export const CurrencySchema = Type.String({
  pattern: CURRENCY_PATTERN,
  description: 'an ISO 4217 code such as EUR',
})

/** The shapes that the API shows, where `close` decides whether an object may have fields that are not named here. */
function shapes(close: { additionalProperties?: false }) {
  function record<Fields extends TProperties>(fields: Fields, description: string) {
    return Type.Object(fields, { ...close, description })
  }

  const price = record(
    {
      amount: Type.Integer({
        minimum: 0,
        maximum: MAX_PRICE_AMOUNT,
        description: `an integer of minor units from 0 to ${MAX_PRICE_AMOUNT}`,
      }),
      currency: CurrencySchema,
    },
    'a price: {amount, currency}',
  )
  const variant = record(
    { variant: VariantIdSchema, name: NameSchema, price: Type.Optional(price) },
    'a variant: {variant, name, price?}',
  )
  const product = record(
    {
      productId: ProductIdSchema,
      name: NameSchema,
      description: Type.Optional(Type.String({ description: 'text' })),
      price,
      variants: Type.Optional(
        Type.Array(variant, { minItems: 1, description: 'a list of 1 or more variants' }),
      ),
    },
    'a product: {productId, name, description?, price, variants?}',
  )
  return { record, price, product }
}

const open = shapes({})
const closed = shapes({ additionalProperties: false })

/** What one piece costs. */
export const PriceSchema = open.price

/** A product in an answer of ours, or of a product service, which may say more than we know of. */
export const ProductSchema = open.product

/** The answer to `GET /products`, ours or a product service's. */
export const ProductListSchema = open.record(
  { products: Type.Array(open.product, { description: 'a list of products' }) },
  'the catalog: {products}',
)

/**
 * A catalog file. A field that is not known is refused: it is a slip of the pen (`prize`) more often than not. So
 * is a shop without a product: an export that went wrong.
 */
export const CatalogFileSchema = closed.record(
  {
    products: Type.Array(closed.product, { minItems: 1, description: 'a list of 1 or more products' }),
    currency: Type.Optional(CurrencySchema),
  },
  'a catalog: {products, currency?}',
)
