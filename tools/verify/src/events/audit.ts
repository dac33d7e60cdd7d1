import type { CartEvent } from './event.ts'

/** A cart as it is in the end. */
export interface FinalCart {
  readonly id: string
  /** 0 where it was never changed. */
  readonly version: number
  /** Of its only life: no cart expires during a run. */
  readonly incarnation: string | undefined
}

/** How many findings of one kind are told. */
const MOST_TOLD = 5
/** How much of an event's content, in characters. */
const LONGEST_TOLD = 200

/**
 * Compares what was delivered with what the carts have become, and names every difference:
 *
 * - each version of each cart, from the first to the last, has its events, each at least once, their places counted from 0;
 * - no event tells of a life or a version that the cart never had;
 * - an event's id stands for one place of one version of one cart and for one content, however often it is delivered.
 */
export function auditEvents(delivered: readonly CartEvent[], carts: readonly FinalCart[]): string[] {
  const events = new Map<string, CartEvent>()
  const places = new Map<string, string>()
  const changed: string[] = []
  for (const event of delivered) {
    const first = events.get(event.id)
    if (first === undefined) events.set(event.id, event)
    else if (JSON.stringify(first) !== JSON.stringify(event)) {
      changed.push(`the event ${event.id} was delivered as ${contentOf(first)} and as ${contentOf(event)}`)
    }
    const place = placeOf(event)
    const id = places.get(place)
    if (id === undefined) places.set(place, event.id)
    else if (id !== event.id) changed.push(`${place} was delivered with two ids: ${id} and ${event.id}`)
  }
  const known = new Map(carts.map((cart) => [cart.id, cart]))
  const invented = [...events.values()].flatMap((event) => {
    const cart = known.get(event.cartId)
    const has = event.incarnation === cart?.incarnation && event.version >= 1 && event.version <= cart.version
    return has ? [] : [`${placeOf(event)} was delivered (${event.type}), and ${lifeOf(cart, event.cartId)}`]
  })
  return [
    ...first(changed, 'events with two contents or ids'),
    ...first(invented, 'events of what never was'),
    ...carts.flatMap((cart) => missingOf(cart, events)),
  ]
}

function missingOf(
  { id, version, incarnation }: FinalCart,
  events: ReadonlyMap<string, CartEvent>,
): string[] {
  const indexes = new Map<number, Set<number>>()
  for (const event of events.values()) {
    if (event.cartId !== id || event.incarnation !== incarnation) continue
    indexes.set(event.version, (indexes.get(event.version) ?? new Set()).add(event.index))
  }
  const missing: string[] = []
  for (let each = 1; each <= version; each += 1) {
    const seen = [...(indexes.get(each) ?? [])].sort((a, b) => a - b)
    if (seen.length === 0)
      missing.push(`${id} is at version ${version}; no event of version ${each} was delivered`)
    else if (seen.some((index, place) => index !== place)) {
      missing.push(`of ${id} version ${each} only the events ${seen.join(', ')} were delivered`)
    }
  }
  return first(missing, `versions of ${id} without their events`)
}

function contentOf({ type, occurredAt, data }: CartEvent): string {
  const text = JSON.stringify(data)
  return `${type} at ${occurredAt} ${text.length > LONGEST_TOLD ? `${text.slice(0, LONGEST_TOLD)}…` : text}`
}

function placeOf({ cartId, incarnation, version, index }: CartEvent): string {
  return `${cartId} version ${version} event ${index} of life ${incarnation}`
}

function lifeOf(cart: FinalCart | undefined, id: string): string {
  if (cart?.incarnation === undefined) return `${id} was never changed`
  return `${id} is at version ${cart.version} of life ${cart.incarnation}`
}

function first(findings: readonly string[], all: string): string[] {
  if (findings.length <= MOST_TOLD) return [...findings]
  return [...findings.slice(0, MOST_TOLD), `… ${findings.length} ${all}`]
}
