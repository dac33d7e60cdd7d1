import {
  CART_ID_PATTERN,
  type CartId,
  CURRENCY_PATTERN,
  MERGE_STRATEGIES,
  type MergeStrategy,
  type ProductId,
  type VariantId,
} from '@cartwright/cart-domain'
import Type from 'typebox'

/*
 * The bodies of requests and answers as JSON Schema 2020-12. These objects validate requests, type the code, and
 * are what `GET /openapi.json` serves.
 */

/** The largest quantity that a request may name (2³¹-1); the cart's own limits are lower and answer 409. */
const LARGEST_QUANTITY = 2_147_483_647

const strict = { additionalProperties: false } as const

export const Money = Type.Object(
  {
    amount: Type.Integer({
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Minor units of the currency (cents).',
    }),
    currency: Type.String({ pattern: CURRENCY_PATTERN, description: 'ISO 4217.', examples: ['EUR'] }),
  },
  { ...strict, title: 'Money' },
)

export const ProductIdText = Type.Unsafe<ProductId>({
  type: 'string',
  minLength: 1,
  maxLength: 64,
})
export const VariantText = Type.Unsafe<VariantId>({
  type: 'string',
  minLength: 1,
  maxLength: 64,
  description: 'One of the variants of a product that has some; absent for a product that has none.',
})
const AddQuantity = Type.Integer({ minimum: 1, maximum: LARGEST_QUANTITY })
const SetQuantity = Type.Integer({
  minimum: 0,
  maximum: LARGEST_QUANTITY,
  description: '0 removes the line.',
})
const Quantity = Type.Integer({ minimum: 1 })
const Time = Type.String({ format: 'date-time', description: 'UTC.' })
const Count = Type.Integer({ minimum: 0 })
export const CartIdText = Type.Unsafe<CartId>({ type: 'string', pattern: CART_ID_PATTERN })

export const AddItemRequest = Type.Object(
  { productId: ProductIdText, quantity: AddQuantity, variant: Type.Optional(VariantText) },
  { ...strict, title: 'AddItemRequest' },
)
export type AddItemRequest = Type.Static<typeof AddItemRequest>

export const SetItemRequest = Type.Object(
  { quantity: SetQuantity, variant: Type.Optional(VariantText) },
  { ...strict, title: 'SetItemRequest' },
)
export type SetItemRequest = Type.Static<typeof SetItemRequest>

export const Action = Type.Union(
  [
    Type.Object(
      {
        type: Type.Literal('add'),
        productId: ProductIdText,
        variant: Type.Optional(VariantText),
        quantity: AddQuantity,
      },
      { ...strict, title: 'AddAction' },
    ),
    Type.Object(
      {
        type: Type.Literal('set'),
        productId: ProductIdText,
        variant: Type.Optional(VariantText),
        quantity: SetQuantity,
      },
      { ...strict, title: 'SetAction' },
    ),
    Type.Object(
      { type: Type.Literal('remove'), productId: ProductIdText, variant: Type.Optional(VariantText) },
      { ...strict, title: 'RemoveAction' },
    ),
    Type.Object({ type: Type.Literal('clear') }, { ...strict, title: 'ClearAction' }),
  ],
  { title: 'Action' },
)
export type Action = Type.Static<typeof Action>

export const ActionsRequest = Type.Object(
  { actions: Type.Array(Action, { minItems: 1, maxItems: 100 }) },
  { ...strict, title: 'ActionsRequest' },
)
export type ActionsRequest = Type.Static<typeof ActionsRequest>

const Strategy = Type.Unsafe<MergeStrategy>({
  type: 'string',
  enum: [...MERGE_STRATEGIES],
  description:
    '`sum` adds the quantities, `max` takes the larger, `last-write-wins` takes the line that was changed last, `keep-target` keeps the line of the cart merged into.',
})

export const MergeRequest = Type.Object(
  { sourceCartId: CartIdText, strategy: Type.Optional(Strategy) },
  { ...strict, title: 'MergeRequest' },
)
export type MergeRequest = Type.Static<typeof MergeRequest>

export const CheckoutRequest = Type.Object(
  { expectedTotal: Type.Optional(Money) },
  { ...strict, title: 'CheckoutRequest' },
)
export type CheckoutRequest = Type.Static<typeof CheckoutRequest>

/** A body with nothing in it. */
export const EmptyRequest = Type.Object({}, { ...strict, title: 'EmptyRequest' })

export const LineWarning = Type.Object(
  {
    code: Type.Unsafe<'price-changed' | 'price-unknown' | 'product-unavailable'>({
      type: 'string',
      enum: ['price-changed', 'price-unknown', 'product-unavailable'],
    }),
    message: Type.String(),
    currentPrice: Type.Optional(Money),
  },
  { title: 'LineWarning' },
)
export type LineWarning = Type.Static<typeof LineWarning>

export const LineBody = Type.Object(
  {
    productId: ProductIdText,
    variant: Type.Optional(VariantText),
    name: Type.Optional(Type.String()),
    quantity: Quantity,
    unitPrice: Money,
    lineTotal: Money,
    addedAt: Time,
    warnings: Type.Readonly(Type.Array(LineWarning)),
  },
  { title: 'Line' },
)
export type LineBody = Omit<Type.Static<typeof LineBody>, 'warnings'> & {
  readonly warnings: readonly LineWarning[]
}

const cartProperties = {
  id: CartIdText,
  version: Type.Integer({
    minimum: 0,
    description: '0 for a cart that nobody has changed yet; +1 on every change.',
  }),
  owner: Type.Optional(Type.String()),
  currency: Type.String({ pattern: CURRENCY_PATTERN }),
  lines: Type.Array(LineBody),
  itemCount: Count,
  total: Money,
  createdAt: Type.Union([Time, Type.Null()], { description: '`null` while the version is 0.' }),
  updatedAt: Type.Union([Time, Type.Null()], { description: '`null` while the version is 0.' }),
  expiresAt: Type.Union([Time, Type.Null()], { description: '`null` while the version is 0.' }),
}
export const CartBody = Type.Object(cartProperties, { title: 'Cart' })
export type CartBody = Omit<Type.Static<typeof CartBody>, 'lines'> & { lines: readonly LineBody[] }

const MergeReport = Type.Object(
  {
    strategy: Strategy,
    capped: Type.Array(
      Type.Object({
        productId: ProductIdText,
        variant: Type.Optional(VariantText),
        asked: Quantity,
        kept: Quantity,
      }),
      { description: 'Lines that the limit cut; `asked` is the quantity before the limit.' },
    ),
    leftOut: Type.Array(
      Type.Object({ productId: ProductIdText, variant: Type.Optional(VariantText), quantity: Quantity }),
      { description: 'Lines for which the cart had no room.' },
    ),
  },
  { title: 'MergeReport' },
)
export const MergedCartBody = Type.Object({ ...cartProperties, merge: MergeReport }, { title: 'MergedCart' })

export const OrderBody = Type.Object(
  {
    orderId: Type.String(),
    cartId: CartIdText,
    owner: Type.Optional(Type.String()),
    lines: Type.Array(
      Type.Object(
        {
          productId: ProductIdText,
          variant: Type.Optional(VariantText),
          name: Type.Optional(Type.String()),
          quantity: Quantity,
          unitPrice: Money,
          lineTotal: Money,
        },
        { title: 'OrderLine' },
      ),
    ),
    itemCount: Count,
    total: Money,
    createdAt: Time,
  },
  { title: 'Order' },
)
export type OrderBody = Type.Static<typeof OrderBody>

export const MintedCart = Type.Object({ id: CartIdText }, { title: 'MintedCart' })
