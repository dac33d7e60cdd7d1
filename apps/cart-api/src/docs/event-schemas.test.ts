import {
  type Cart,
  type CartEvent,
  type CartId,
  type CartState,
  type Command,
  decide,
  type EpochMs,
  type EventType,
  type Limits,
  type LineKey,
  type Money,
  mayUse,
  unknownCart,
} from '@cartwright/cart-domain'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
// The domain's own tests live through the same steps; no program needs them, so the package does not export them.
import { catalog, context, eur, id, key, NOW } from '../../../../packages/cart-domain/test/builders.ts'
import { type Step, sequences } from '../../../../packages/cart-domain/test/steps.ts'
import { EVENTS, eventSchemaFiles, schemaFileOf } from './event-schemas.ts'
import { exampleEvents } from './events-page.ts'

const SEQUENCES = 300

const ajv = new Ajv2020({ allErrors: true, discriminator: true, schemas: schemas() })
addFormats.default(ajv)
const types = Object.keys(EVENTS) as EventType[] // the keys of a record of all event types
const examples = exampleEvents()

test.each(types)('the example of %s fits its schema, and no other', (type) => {
  const own = examples.filter((event) => event.type === type)

  expect(own).not.toEqual([])
  for (const event of own) {
    expect(faultsOf(event)).toEqual([])
    expect(types.filter((other) => ajv.validate(schemaFileOf(other), event))).toEqual([type])
  }
})

test(`what the domain tells in ${SEQUENCES} sequences of commands fits the schemas`, () => {
  const told = new Set<EventType>()
  fc.assert(
    fc.property(sequences(), (sequence) => {
      for (const event of eventsOf(sequence)) {
        expect(faultsOf(event)).toEqual([])
        expect(ajv.validate(schemaFileOf(event.type), event)).toBe(true)
        told.add(event.type)
      }
    }),
    { numRuns: SEQUENCES },
  )

  expect([...told].toSorted()).toEqual(types.toSorted())
})

/** Fields that an event, or a part of it, may be without. */
const OPTIONAL = ['owner', 'variant', 'name']

test.each(types)('%s is refused where a field is missing or of another kind', (type) => {
  const accepted = examples
    .filter((event) => event.type === type)
    .flatMap((event) => damaged(event))
    .filter(({ event }) => faultsOf(event).length === 0 || ajv.validate(schemaFileOf(type), event))

  expect(accepted.map(({ damage }) => damage)).toEqual([])
})

test.each<[string, object]>([
  ['of a later version', { schemaVersion: 2 }],
  ['of a type that is not known', { type: 'line-painted' }],
  ['of a cart that has no version yet', { version: 0 }],
  ['whose id does not end in version and index', { id: 'f0e1d2c3' }],
  ['at a time of another zone', { occurredAt: '2026-01-15T09:30:00.000+01:00' }],
  ['at no time', { occurredAt: 'yesterdayZ' }],
  ['of half a piece', { data: { ...examples[0]?.data, added: 0.5 } }],
])('an event %s is refused', (_, changes) => {
  expect(faultsOf(examples[0])).toEqual([])

  expect(faultsOf({ ...examples[0], ...changes })).not.toEqual([])
})

test('fields that are added under the same version are let through, wherever they are', () => {
  for (const event of examples) {
    const grown: unknown = JSON.parse(JSON.stringify(event), (_, value: unknown) =>
      isRecord(value) ? { ...value, addedLater: { by: 'us' } } : value,
    )

    expect(faultsOf(grown)).toEqual([])
  }
})

function schemas(): object[] {
  return eventSchemaFiles().map(({ schema }) => JSON.parse(JSON.stringify(schema)) as object)
}

/** What the schema of all events finds wrong with it, as it is delivered: as JSON. */
function faultsOf(event: unknown): string[] {
  const valid = ajv.validate(schemaFileOf('event'), JSON.parse(JSON.stringify(event)))
  return valid ? [] : (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

/** The event without each of its required fields in turn, and with `null` and a list of nothing in each place. */
function damaged(event: CartEvent): { readonly damage: string; readonly event: unknown }[] {
  return placesOf(event).flatMap((place) => {
    const [name] = place.slice(-1)
    const removable = typeof name === 'string' && !OPTIONAL.includes(name)
    return [
      ...(removable ? [{ damage: `no ${place.join('.')}`, event: changedAt(event, place) }] : []),
      { damage: `null in ${place.join('.')}`, event: changedAt(event, place, null) },
      { damage: `a list in ${place.join('.')}`, event: changedAt(event, place, [null]) },
    ]
  })
}

type Place = readonly (string | number)[]

function placesOf(value: unknown, above: Place = []): Place[] {
  const parts = Array.isArray(value)
    ? value.map((part: unknown, index) => [index, part] as const)
    : isRecord(value)
      ? Object.entries(value)
      : []
  return parts.flatMap(([name, part]) => [[...above, name], ...placesOf(part, [...above, name])])
}

/** A copy with another value in the place, or with none. */
function changedAt(event: CartEvent, place: Place, value?: unknown): unknown {
  const names = place.map(String)
  const change = (part: unknown, [name = '', ...deeper]: readonly string[]): unknown => {
    if (Array.isArray(part)) {
      return part.map((one: unknown, index) => (String(index) === name ? inner(one, deeper) : one))
    }
    return isRecord(part) ? { ...part, [name]: inner(part[name], deeper) } : part
  }
  const inner = (part: unknown, deeper: readonly string[]) =>
    deeper.length === 0 ? value : change(part, deeper)
  return change(event, names) // `undefined` is not written to JSON
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** All that is told while the steps happen to a shop. */
function eventsOf(sequence: readonly Step[]): CartEvent[] {
  const told: CartEvent[] = []
  const prices = new Map<LineKey, Money | 'gone'>([[key('__proto__', 'toString'), eur(7)]])
  const carts = new Map<CartId, Cart>()
  let now: EpochMs = NOW
  let limits: Limits = { maxLines: 4, maxLineQuantity: 9 }
  const read = (cart: CartId): CartState => {
    const kept = carts.get(cart)
    return kept !== undefined && now < kept.expiresAt ? kept : unknownCart(cart)
  }
  for (const [place, step] of sequence.entries()) {
    if (step.does === 'wait') now += step.milliseconds
    else if (step.does === 'price') prices.set(step.line, step.price)
    else if (step.does === 'limit') limits = step.limits
    else {
      const touched = step.does === 'merge' ? [step.cart, step.source] : [step.cart]
      if (!touched.every((cart) => mayUse(read(cart), step.by))) continue
      const decision = decide(
        read(step.cart),
        commandOf(step, read),
        context({
          now,
          limits,
          offer: catalog(prices),
          incarnation: id(`life-${place}`),
          orderId: id(`order-${place}`),
          ...(step.by === undefined ? {} : { caller: step.by }),
        }),
      )
      if (decision.kind !== 'changed') continue
      told.push(...decision.events)
      carts.set(decision.cart.id, decision.cart)
      if (decision.source !== undefined) carts.set(decision.source.id, decision.source)
    }
  }
  return told
}

function commandOf(step: Extract<Step, { cart: CartId }>, read: (cart: CartId) => CartState): Command {
  if (step.does === 'command') return step.command
  return step.does === 'merge'
    ? { type: 'merge', source: read(step.source), strategy: step.strategy }
    : { type: 'checkout' }
}
