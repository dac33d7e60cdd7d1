import {
  CART_ID_PATTERN,
  type CartEvent,
  type CartId,
  CURRENCY_PATTERN,
  EVENT_SCHEMA_VERSION,
  type EventType,
  type Incarnation,
  MERGE_STRATEGIES,
  type MergeStrategy,
  type OrderId,
  type ProductId,
  type UserId,
  type VariantId,
} from '@cartwright/cart-domain'
import Type, { type Static, type TProperties, type TSchema } from 'typebox'

/*
 * Every event as JSON Schema 2020-12. Objects are open: fields may be added under the same version, so a consumer's
 * validator must not refuse them.
 */

const text = { type: 'string', minLength: 1 } as const

const Money = Type.Object({
  amount: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Minor units of the currency (cents).',
  }),
  currency: Type.String({ pattern: CURRENCY_PATTERN, description: 'ISO 4217.' }),
})
const Quantity = Type.Integer({ minimum: 1 })
const CartIdText = Type.Unsafe<CartId>({ type: 'string', pattern: CART_ID_PATTERN })
const Owner = Type.Unsafe<UserId>({ ...text, description: 'The user, as the identity provider names them.' })

const lineKey = {
  productId: Type.Unsafe<ProductId>(text),
  variant: Type.Optional(
    Type.Unsafe<VariantId>({ ...text, description: 'Absent for a product that has no variants.' }),
  ),
}
const line = { ...lineKey, quantity: Quantity, unitPrice: Money }
const Line = Type.Object(line)
const OrderLine = Type.Object({
  ...line,
  name: Type.Optional(
    Type.String({ description: "The product's name at checkout, where the catalog knew one." }),
  ),
  lineTotal: Money,
})

/** One row: what the event tells, and what it holds besides the fields that all have. */
function event<const Name extends EventType, Data extends TProperties>(
  type: Name,
  about: string,
  data: Data,
) {
  const schema = Type.Object({
    id: Type.String({
      pattern: '^.+\\.[1-9][0-9]*\\.(0|[1-9][0-9]*)$',
      description: '`<incarnation>.<version>.<index>`: the same event always has the same id.',
    }),
    type: Type.Literal(type),
    schemaVersion: Type.Literal(EVENT_SCHEMA_VERSION),
    cartId: CartIdText,
    incarnation: Type.Unsafe<Incarnation>({ ...text, description: 'One life of the cart.' }),
    version: Type.Integer({ minimum: 1, description: "The cart's version after the change." }),
    index: Type.Integer({ minimum: 0, description: 'The place among the events of the same change.' }),
    owner: Type.Optional(Owner),
    occurredAt: Type.String({ format: 'date-time', pattern: 'Z$', description: 'ISO 8601, UTC.' }),
    data: Type.Object(data),
  })
  return { about, schema }
}

const ROWS = {
  'line-added': event(
    'line-added',
    'A product came into the cart, or more of it. `line` is the line as it is now, `added` how many pieces came in.',
    { line: Line, added: Quantity },
  ),
  'line-quantity-set': event(
    'line-quantity-set',
    "A line's quantity was set. `line` is the line as it is now; `previousQuantity` as it was.",
    { line: Line, previousQuantity: Quantity },
  ),
  'line-removed': event('line-removed', 'A line was taken out, or set to 0. `line` is the line as it was.', {
    line: Line,
  }),
  'cart-cleared': event('cart-cleared', 'All lines were taken out. `lines` are the lines as they were.', {
    lines: Type.Array(Line, { minItems: 1 }),
  }),
  'cart-claimed': event(
    'cart-claimed',
    "A user's first change made a guest's cart theirs. Always the first event of its change.",
    { owner: Owner },
  ),
  'cart-merged': event(
    'cart-merged',
    'Another cart was merged into this one. `lines` are all lines of this cart afterwards; `capped` and `leftOut` what the limits cut and kept out. The same row holds `cart-merged-away` of the source.',
    {
      sourceCartId: CartIdText,
      strategy: Type.Unsafe<MergeStrategy>({ type: 'string', enum: [...MERGE_STRATEGIES] }),
      lines: Type.Array(Line, { minItems: 1 }),
      capped: Type.Array(Type.Object({ ...lineKey, asked: Quantity, kept: Quantity }), {
        description: 'Lines that did not fit whole; `asked` is the quantity before the limit.',
      }),
      leftOut: Type.Array(Type.Object({ ...lineKey, quantity: Quantity }), {
        description: 'Lines that did not fit at all.',
      }),
    },
  ),
  'cart-merged-away': event(
    'cart-merged-away',
    'The lines of this cart went to another one; it is empty now.',
    { targetCartId: CartIdText },
  ),
  'checkout-started': event(
    'checkout-started',
    'The cart became an order, which `data` is a copy of, and is empty now.',
    {
      orderId: Type.Unsafe<OrderId>(text),
      lines: Type.Array(OrderLine, { minItems: 1 }),
      itemCount: Quantity,
      total: Money,
    },
  ),
}

/** What is documented of an event. */
export interface DocumentedEvent {
  /** What it tells, and what its `data` holds. Markdown. */
  readonly about: string
  readonly schema: TSchema
}

/**
 * Every event of the domain with its schema. The compiler holds the two together: a row whose schema has a field more
 * or less than `CartEvent`, or one of another type, is none.
 */
export const EVENTS: { readonly [Name in EventType]: Row<Name> } = ROWS

type Row<Name extends EventType> =
  Same<Plain<Extract<CartEvent, { type: Name }>>, Plain<Static<(typeof ROWS)[Name]['schema']>>> extends true
    ? DocumentedEvent
    : { readonly 'the schema is not what CartEvent says': Name }

/** The type without `readonly`, which JSON does not know, and with intersections made one object. */
type Plain<Value> = Value extends string | number | boolean
  ? Value
  : Value extends readonly (infer Element)[]
    ? Plain<Element>[]
    : { -readonly [Field in keyof Value]: Plain<Value[Field]> }

/** Whether two types are the same; assignability alone would overlook an optional field that only one has. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** A schema as it stands in a file of `docs/reference/events`. */
export interface SchemaFile {
  readonly file: string
  readonly schema: object
}

/** The file of an event's schema, or of the schema of them all. */
export function schemaFileOf(name: EventType | 'event'): string {
  return `${name}.v${EVENT_SCHEMA_VERSION}.schema.json`
}

/** All schema files. They name each other by file, so a copy of the folder works anywhere. */
export function eventSchemaFiles(): SchemaFile[] {
  // The keys of a record of all event types are event types.
  const types = Object.keys(EVENTS) as EventType[]
  const all = {
    type: 'object',
    required: ['type'],
    discriminator: { propertyName: 'type' },
    oneOf: types.map((type) => ({ $ref: schemaFileOf(type) })),
  }
  return [
    schemaFile('event', 'Any event of a cart; `type` tells which.', all),
    ...types.map((type) => schemaFile(type, EVENTS[type].about, EVENTS[type].schema)),
  ]
}

function schemaFile(name: EventType | 'event', description: string, schema: object): SchemaFile {
  const file = schemaFileOf(name)
  const about = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: file,
    $comment: 'Made from apps/cart-api/src/docs/event-schemas.ts by npm run docs. Change it there.',
    title: name,
    description,
  }
  return { file, schema: { ...about, ...schema } }
}
