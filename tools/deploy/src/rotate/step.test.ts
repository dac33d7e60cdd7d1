import { isLive, liveLabel, nextStep, type Situation } from './step.ts'
import { versionAfter } from './version-id.ts'

const born = new Date('2026-11-21T20:00:00Z')
const before = new Date('2026-11-21T21:00:00Z')
const after = new Date('2026-11-21T22:00:00Z')
const following = versionAfter({ current: 'first', born, changed: before })

function situation(labels: Record<string, readonly string[]>, changed = before): Situation {
  const ones = new Map(Object.entries(labels))
  const [current = ''] = [...ones].find(([, at]) => at.includes('AWSCURRENT')) ?? []
  return { born, changed, labels: ones, current }
}

const LIVE = liveLabel({ born })

describe('what comes next', () => {
  test.each([
    ['a version that follows', { first: ['AWSCURRENT'] }],
    ['one that follows the last rotation', { first: ['AWSCURRENT', 'AWSPENDING', LIVE] }],
    [
      'another one where the pending one follows nothing that is there',
      { first: ['AWSCURRENT'], other: ['AWSPENDING'] },
    ],
    [
      'another one where the pending one was for a group that is gone',
      {
        first: ['AWSCURRENT'],
        [versionAfter({ current: 'first', born: after, changed: before })]: ['AWSPENDING'],
      },
    ],
  ])('is to write %s', (_, labels) => {
    expect(nextStep(situation(labels), undefined)).toEqual({ does: 'write', version: following })
  })

  const begun = { first: ['AWSCURRENT', LIVE], [following]: ['AWSPENDING'] }

  test('is to let Redis take it, as long as nothing has changed the token since', () => {
    expect(nextStep(situation(begun), undefined)).toEqual({ does: 'rotate', version: following })
  })

  test('is to let the API read it, once Redis takes it', () => {
    expect(nextStep(situation(begun, after), undefined)).toEqual({ does: 'name', version: following })
  })

  const named = { first: ['AWSPREVIOUS', LIVE], [following]: ['AWSCURRENT', 'AWSPENDING'] }

  test('is to let Redis take it alone', () => {
    expect(nextStep(situation(named, after), following)).toEqual({ does: 'set', version: following })
  })

  test('is a new token where another run ended before that', () => {
    expect(nextStep(situation(named, after), undefined)).toEqual({
      does: 'write',
      version: versionAfter({ current: following, born, changed: after }),
    })
  })
})

test.each([
  [true, 'the current version', { first: ['AWSCURRENT', LIVE] }],
  [false, 'another version', { first: ['AWSPREVIOUS', LIVE], second: ['AWSCURRENT'] }],
  [false, 'no version', { first: ['AWSCURRENT'] }],
  [false, 'it, but of a group that is gone', { first: ['AWSCURRENT', liveLabel({ born: after })] }],
])('that Redis takes the current token alone is %p where the label is at %s', (expected, _, labels) => {
  expect(isLive(situation(labels))).toBe(expected)
})
