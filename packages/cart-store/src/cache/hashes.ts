import { type Cart, type CartId, type CartState, isKnown, unknownCart } from '@cartwright/cart-domain'
import { RecentCarts } from '../recent-carts.ts'
import { luaScript } from '../redis/lua-script.ts'
import type { Primary } from './primary.ts'
import type { CacheTimes } from './times.ts'

/** Where a step is made: the epoch is in the keys, its primary is checked in every script. */
export interface Place {
  readonly n: number
  readonly on: string
}

/** A fence that stands on every cart of a commit. */
export interface Fence extends Place {
  readonly token: string
  /** Attempts before it that were not answered: they may stand as well. */
  readonly earlier: readonly string[]
}

/** What a reader finds, in the words that the observer hears. */
export type Found =
  | { readonly kind: 'hit'; readonly cart: CartState }
  /** A writer may be committing; of the fences, those that were left behind. */
  | { readonly kind: 'fenced'; readonly stale: readonly string[] }
  /** Nothing: whoever reads the record now may fill with the lease; there is none where Redis is full. */
  | { readonly kind: 'miss'; readonly lease: string | undefined }

const script = (name: string) =>
  luaScript(new URL('primary.lua', import.meta.url), new URL(`${name}.lua`, import.meta.url))
const GET = script('get')
const FILL = script('fill')
const FENCE = script('fence')
const LIFT = script('lift')
const REAP = script('reap')

export interface CartHashesOptions {
  readonly primary: Primary
  /** Stands before every key. */
  readonly prefix: string
  readonly times: CacheTimes
}

/**
 * The carts in Redis: one hash for each cart and epoch, and one script for each step of the protocol
 * (docs/reference/cache-protocol.md). A hash has a `document` with its `mark`, or a `lease`, or a `fence:…` for each writer, and in `alone`
 * the fence that no other has met.
 */
export class CartHashes {
  readonly #primary: Primary
  readonly #prefix: string
  readonly #times: CacheTimes
  readonly #recent = new RecentCarts()

  constructor({ primary, prefix, times }: CartHashesOptions) {
    this.#primary = primary
    this.#prefix = prefix
    this.#times = times
  }

  /** @param lease what the reader is given if there is nothing; a new one each time */
  async get(place: Place, id: CartId, lease: string): Promise<Found> {
    const { document, staleFence, get } = this.#times
    const recent = this.#recent.peek(id)
    const args = [lease, String(document), String(staleFence), recent === undefined ? '' : markOf(recent)]
    const [kind, ...rest] = await this.#primary.run<
      ['same' | 'document' | 'fenced' | 'lease' | 'full', ...string[]]
    >(GET, place.on, [this.#key(place, id)], args, get)
    switch (kind) {
      case 'same':
        // The one that was asked about.
        if (recent !== undefined) this.#recent.put(recent)
        return { kind: 'hit', cart: recent ?? unknownCart(id) }
      case 'document':
        return { kind: 'hit', cart: this.#parse(id, rest[0] ?? '') }
      case 'fenced':
        return { kind, stale: rest }
      case 'lease':
        return { kind: 'miss', lease }
      case 'full':
        return { kind: 'miss', lease: undefined }
    }
  }

  async fill(place: Place, id: CartId, lease: string, cart: CartState): Promise<void> {
    const { document, fenceAttempt } = this.#times
    const args = [lease, ...this.#documentOf(cart), String(document)]
    await this.#primary.run(FILL, place.on, [this.#key(place, id)], args, fenceAttempt)
  }

  /** Answers with the stale fences of each cart. A fence that was sent may have been set, also where no answer came. */
  fence(place: Place, ids: readonly CartId[], fence: string, patience: number): Promise<string[][]> {
    const { fencedKey, staleFence } = this.#times
    const keys = ids.map((id) => this.#key(place, id))
    const args = [fence, String(fencedKey), String(staleFence)]
    return this.#primary.run(FENCE, place.on, keys, args, patience)
  }

  /** @param carts what is to be left for those ids; without it, nothing */
  async lift(ids: readonly CartId[], fence: Fence, carts?: readonly Cart[]): Promise<void> {
    const { document, fenceAttempt } = this.#times
    const keys = ids.map((id) => this.#key(fence, id))
    const left = carts?.flatMap((cart) => this.#documentOf(cart)) ?? ids.flatMap(() => ['', ''])
    const args = [fence.token, String(document), ...left, ...fence.earlier]
    await this.#primary.run(LIFT, fence.on, keys, args, fenceAttempt)
  }

  async reap(place: Place, id: CartId, fences: readonly string[]): Promise<void> {
    await this.#primary.run(REAP, place.on, [this.#key(place, id)], fences, this.#times.fenceAttempt)
  }

  /** The text of the document and its mark. A cart that does not exist is a document without any. */
  #documentOf(cart: CartState): [text: string, mark: string] {
    if (!isKnown(cart)) return ['', '']
    this.#recent.put(cart)
    return [JSON.stringify(cart), markOf(cart)]
  }

  #parse(id: CartId, text: string): CartState {
    if (text === '') return unknownCart(id)
    // Written by `#documentOf` from a Cart.
    const cart = JSON.parse(text) as Cart
    this.#recent.put(cart)
    return cart
  }

  /** Takes a step that does nothing, as quickly as a fence has to be set: whether the cache can be used. */
  async probe(place: Place): Promise<void> {
    const key = `${this.#prefix}probe`
    await this.#primary.run(REAP, place.on, [key], ['nobody'], this.#times.fenceAttempt)
  }

  #key({ n }: Place, id: CartId): string {
    return `${this.#prefix}${n}:${id}`
  }
}

/** No two contents share it: the record never loses a commit. */
function markOf({ incarnation, version }: Cart): string {
  return `${incarnation}/${version}`
}
