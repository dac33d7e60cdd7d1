import { ActionsRequest, AddItemRequest } from '../carts/bodies.ts'
import { compile } from './validation.ts'

const add = compile(AddItemRequest)
const actions = compile(ActionsRequest)

test('what fits passes', () => {
  expect(add.passes({ productId: '😀'.repeat(64), quantity: 2_147_483_647, variant: 'x' })).toBe(true)
  expect(actions.passes({ actions: [{ type: 'clear' }] })).toBe(true)
})

test.each([
  [{}, ['/productId', '/quantity']],
  [{ productId: 'a', quantity: 1, extra: 1, more: 2 }, ['/extra', '/more']],
  [JSON.parse('{"productId":"a","quantity":1,"__proto__":{}}'), ['/__proto__']],
  [{ productId: 'a', quantity: 1, 'a/b~c': 1 }, ['/a~1b~0c']],
  [{ productId: '', quantity: 1.5 }, ['/productId', '/quantity']],
  [null, ['']],
  [[], ['']],
])('%j is found wrong at %j', (value, pointers) => {
  expect(add.passes(value)).toBe(false)
  expect(add.findings(value).map(({ pointer }) => pointer)).toEqual(pointers)
})

test('of a union, only the branch that was meant is told of', () => {
  const value = { actions: [{ type: 'set', productId: 'x', quantity: -1, extra: 1 }, { type: 'clear' }] }

  expect(actions.findings(value)).toEqual([
    { pointer: '/actions/0/extra', message: 'is not a known field' },
    { pointer: '/actions/0/quantity', message: 'must be >= 0' },
  ])
})

test.each([3, {}, { type: 'boom' }, null])('of the action %j, no branch was meant', (action) => {
  expect(actions.findings({ actions: [action] })).toEqual([
    { pointer: '/actions/0', message: 'is none of the allowed kinds' },
  ])
})

test('however much is wrong, ten findings are told', () => {
  const many = { actions: Array.from({ length: 100 }, () => ({ type: 'set', productId: '', quantity: -1 })) }

  expect(actions.findings(many)).toHaveLength(10)
})
