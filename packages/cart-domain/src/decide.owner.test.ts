import { cart, changed, context, DAY, HOUR, id, line, MUG, NOW, TEA } from '../test/builders.ts'
import { unknownCart } from './cart.ts'
import type { Command } from './commands.ts'
import { decide } from './decide.ts'
import type { UserId } from './ids.ts'

const LATER = NOW + HOUR
const ANN: UserId = id('ann')
const guestCart = cart([line(TEA, 1)])
const source = cart([line(MUG, 1)], { id: id('guest'), incarnation: id('guest-life') })

describe('a claim', () => {
  test.each<Command>([
    { type: 'add', ...TEA, quantity: 1 },
    { type: 'set', ...TEA, quantity: 2 },
    { type: 'remove', ...TEA },
    { type: 'clear' },
    { type: 'batch', commands: [{ type: 'remove', ...TEA }] },
    { type: 'merge', source, strategy: 'sum' },
    { type: 'checkout' },
  ])('is part of the first change by a known user: $type', (command) => {
    const decision = changed(decide(guestCart, command, context({ caller: ANN })))

    expect(decision.cart).toMatchObject({ owner: 'ann', version: 4, expiresAt: LATER + 7 * DAY })
    expect(decision.events[0]).toMatchObject({
      id: 'life.4.0',
      type: 'cart-claimed',
      owner: 'ann',
      data: { owner: 'ann' },
    })
    expect(decision.events[1]).toMatchObject({ id: 'life.4.1', owner: 'ann' })
  })

  test.each<Command>([
    { type: 'set', ...TEA, quantity: 1 },
    { type: 'batch', commands: [] },
    { type: 'merge', source: unknownCart(id('guest')), strategy: 'sum' },
    { type: 'remove', ...MUG },
  ])('is not made by what changes nothing: $type', (command) => {
    expect(decide(guestCart, command, context({ caller: ANN })).kind).not.toBe('changed')
  })

  test('is told of a cart that a user creates', () => {
    const decision = changed(
      decide(unknownCart(id('basket')), { type: 'add', ...TEA, quantity: 1 }, context({ caller: ANN })),
    )

    expect(decision.events.map(({ type }) => type)).toEqual(['cart-claimed', 'line-added'])
  })

  test('happens once', () => {
    const owned = cart([line(TEA, 1)], { owner: ANN })

    const decision = changed(decide(owned, { type: 'clear' }, context({ caller: ANN })))

    expect(decision.events.map(({ type }) => type)).toEqual(['cart-cleared'])
  })

  test('is of the target of a merge, not of its source', () => {
    const decision = changed(
      decide(guestCart, { type: 'merge', source, strategy: 'sum' }, context({ caller: ANN })),
    )

    expect(decision.cart.owner).toBe('ann')
    expect(decision.source).not.toHaveProperty('owner')
    expect(decision.events.at(-1)).not.toHaveProperty('owner')
  })
})

describe('a cart lives from its last change', () => {
  test('as long as the lifetime of whose it is', () => {
    const lifetimes = { guestSeconds: 10, userSeconds: 20 }
    const owned = cart([line(TEA, 1)], { owner: ANN })

    const guests = changed(decide(guestCart, { type: 'clear' }, context({ lifetimes })))
    const users = changed(decide(owned, { type: 'clear' }, context({ lifetimes, caller: ANN })))

    expect(guests.cart.expiresAt).toBe(LATER + 10_000)
    expect(users.cart.expiresAt).toBe(LATER + 20_000)
  })

  test('also when it is the source of a merge', () => {
    const lifetimes = { guestSeconds: 10, userSeconds: 20 }
    const users = { ...source, owner: ANN }

    for (const [from, seconds] of [
      [source, 10],
      [users, 20],
    ] as const) {
      const decision = changed(
        decide(
          guestCart,
          { type: 'merge', source: from, strategy: 'sum' },
          context({ lifetimes, caller: ANN }),
        ),
      )

      expect(decision.source?.expiresAt).toBe(LATER + seconds * 1000)
    }
  })
})
