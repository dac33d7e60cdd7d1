import { cart, changed, context, eur, id, line, MUG, SHIRT_S, TEA } from '../test/builders.ts'
import type { Cart } from './cart.ts'
import type { Command } from './commands.ts'
import { decide } from './decide.ts'

test.each<[Command, object]>([
  [
    { type: 'add', ...SHIRT_S, quantity: 2 },
    { type: 'line-added', data: { line: { ...SHIRT_S, quantity: 2, unitPrice: eur(1500) }, added: 2 } },
  ],
  [
    { type: 'add', ...TEA, quantity: 2 },
    { type: 'line-added', data: { line: { ...TEA, quantity: 5, unitPrice: eur(250) }, added: 2 } },
  ],
  [
    { type: 'set', ...TEA, quantity: 1 },
    {
      type: 'line-quantity-set',
      data: { line: { ...TEA, quantity: 1, unitPrice: eur(200) }, previousQuantity: 3 },
    },
  ],
  [
    { type: 'remove', ...TEA },
    { type: 'line-removed', data: { line: { ...TEA, quantity: 3, unitPrice: eur(200) } } },
  ],
  [
    { type: 'set', ...TEA, quantity: 0 },
    { type: 'line-removed', data: { line: { ...TEA, quantity: 3, unitPrice: eur(200) } } },
  ],
  [
    { type: 'clear' },
    {
      type: 'cart-cleared',
      data: {
        lines: [
          { ...TEA, quantity: 3, unitPrice: eur(200) },
          { ...MUG, quantity: 1, unitPrice: eur(250) },
        ],
      },
    },
  ],
])('a change tells what happened in full: %j', (command, told) => {
  const before = cart([line(TEA, 3, { unitPrice: 200 }), line(MUG, 1)])

  const { events } = changed(decide(before, command, context()))

  expect(events).toStrictEqual([
    {
      id: 'life.4.0',
      schemaVersion: 1,
      cartId: 'basket',
      incarnation: 'life',
      version: 4,
      index: 0,
      occurredAt: '2026-01-15T13:00:00.000Z',
      ...told,
    },
  ])
})

test('the same decision taken again has the same events with the same ids', () => {
  const before: Cart = cart([line(TEA, 3)])
  const command: Command = { type: 'checkout' }

  const first = decide(before, command, context({ caller: id('ann') }))
  const again = decide(before, command, context({ caller: id('ann') }))

  expect(again).toStrictEqual(first)
})
