import { StackJson } from '@cartwright/infra/stack-json'
import type { Accepted } from './exception.ts'
import { judge } from './judge.ts'
import type { Rule } from './rule.ts'
import { attribute, oneOf } from './wants.ts'

const CLOSED: Rule = {
  id: 'door-closed',
  wants: 'a door is closed',
  severity: 'high',
  types: ['aws_door'],
  judge: (resource, stack) => [
    ...attribute('closed', oneOf(true))(resource, stack),
    ...attribute('lock', oneOf('bolt'))(resource, stack),
  ],
}

function accepting(at: string, more: Partial<Accepted> = {}): Accepted {
  return { rule: CLOSED.id, at, reason: 'a trial', owner: 'design', accepted: '2026-11-22', ...more }
}

/** Doors by their paths in a stack. */
function stackOf(name: string, doors: Readonly<Record<string, object>>): StackJson {
  return new StackJson(name, {
    resource: {
      aws_door: Object.fromEntries(
        Object.entries(doors).map(([path, door], index) => [
          `door_${index}`,
          { ...door, '//': { metadata: { path: `${name}/${path}` } } },
        ]),
      ),
    },
  })
}

const OPEN = { closed: false, lock: 'bolt' }
const SOUND = { closed: true, lock: 'bolt' }
const paths = (findings: readonly { readonly resource: { readonly path: string } }[]) =>
  findings.map(({ resource }) => resource.path)

test('a breach is found at its resource, with what was seen and what is wanted', () => {
  const { findings, looked } = judge(
    [stackOf('dev', { 'front/door': OPEN, 'back/door': SOUND })],
    [CLOSED],
    [],
  )

  expect(findings).toMatchObject([
    { rule: CLOSED, resource: { path: 'front/door' }, at: 'closed', seen: 'false', wanted: 'true' },
  ])
  expect(looked.get(CLOSED)).toHaveLength(2)
})

test('what an exception speaks of is accepted, and nothing beside it', () => {
  const stack = stackOf('dev', { 'front/door': OPEN, 'back/door': OPEN })

  const { findings, accepted, stale } = judge([stack], [CLOSED], [accepting('front/door')])

  expect(paths(findings)).toEqual(['back/door'])
  expect(accepted).toMatchObject([{ resource: { path: 'front/door' }, exception: { reason: 'a trial' } }])
  expect(stale).toEqual([])
})

test('an exception of one breach accepts no other breach of the same rule', () => {
  const stack = stackOf('dev', { 'front/door': { closed: false, lock: 'none' } })

  const { findings, accepted } = judge([stack], [CLOSED], [accepting('front/door', { breach: 'closed' })])

  expect(findings.map(({ at }) => at)).toEqual(['lock'])
  expect(accepted.map(({ at }) => at)).toEqual(['closed'])
})

test('an exception of some stacks accepts nothing in another', () => {
  const stacks = ['dev', 'prod'].map((name) => stackOf(name, { 'front/door': OPEN }))

  const { findings } = judge(stacks, [CLOSED], [accepting('front/door', { stacks: ['dev'] })])

  expect(findings.map(({ resource }) => resource.stack)).toEqual(['prod'])
})

describe('an exception that is not needed', () => {
  test('is stale where its resource is there', () => {
    const unneeded = accepting('front/door')

    expect(judge([stackOf('dev', { 'front/door': SOUND })], [CLOSED], [unneeded]).stale).toEqual([unneeded])
  })

  test('is stale where another one accepts the breach before it', () => {
    const [first, second] = [accepting('front/*'), accepting('front/door')]

    expect(judge([stackOf('dev', { 'front/door': OPEN })], [CLOSED], [first, second]).stale).toEqual([second])
  })

  test('waits where its resource is not there', () => {
    expect(judge([stackOf('dev', {})], [CLOSED], [accepting('front/door')]).stale).toEqual([])
  })

  test('is none as long as one stack needs it', () => {
    const stacks = [stackOf('dev', { 'front/door': OPEN }), stackOf('prod', { 'front/door': SOUND })]

    expect(judge(stacks, [CLOSED], [accepting('front/door')]).stale).toEqual([])
  })
})
