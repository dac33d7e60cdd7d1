import assert from 'node:assert/strict'

/** Which state each tag stood for: the same state always has the same tag, another state another one. */
export class TagBook {
  readonly #states = new Map<string, string>()
  readonly #tags = new Map<string, string>()
  readonly #ofCart = new Map<string, string[]>()

  /** Notes that the tag came with this state of the cart. */
  see(cart: string, tag: string | undefined, state: string): void {
    assert.match(tag ?? '', /^"[\x21\x23-\x7e]+"$/, 'a strong tag')
    if (tag === undefined) return
    assert.equal(this.#states.get(tag) ?? state, state, `${tag} stands for one state`)
    assert.equal(this.#tags.get(state) ?? tag, tag, 'the state has one tag')
    if (this.#states.has(tag)) return
    this.#states.set(tag, state)
    this.#tags.set(state, tag)
    this.#ofCart.set(cart, [...this.tagsOf(cart), tag])
  }

  /** Every tag that the cart has had, the oldest first. */
  tagsOf(cart: string): readonly string[] {
    return this.#ofCart.get(cart) ?? []
  }

  /** The state that the tag stood for, if it was ever seen. */
  stateOf(tag: string): string | undefined {
    return this.#states.get(tag)
  }
}
