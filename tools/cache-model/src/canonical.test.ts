import { canonical } from './canonical.ts'
import { type Earlier, EMPTY_HASH, initialState, type State, withHash, withProcess } from './state.ts'

const start = initialState({ processes: 2, writes: 1, reads: 1, epochs: 1, returns: 0 })

/** A fence of the first process on A, in a hash that a reader of the second has asked before. */
function fenced(fence: number, lease: number): State {
  const hash = { ...EMPTY_HASH, fences: [fence], alone: fence, lease }
  return withProcess(withProcess(withHash(start, 'A', 0, hash), 0, fencing(fence)), 1, leased(lease))
}

function fencing(token: number): Parameters<typeof withProcess>[2] {
  const fence = { primary: 'A', epoch: 0, token } as const
  return { operation: { kind: 'write', at: 'fenced', gate: 0, earlier: null, fence, mayFill: true } }
}

function writing(earlier: Earlier | null): State {
  return withProcess(start, 0, { operation: { kind: 'write', at: 'begun', gate: 0, earlier } })
}

function lifting(mayFill: boolean, version: number | null): State {
  return { ...start, lifts: [{ fence: { primary: 'A', epoch: 0, token: 1 }, mayFill, version }] }
}

function leased(token: number): Parameters<typeof withProcess>[2] {
  return {
    operation: { kind: 'read', at: 'leased', known: 0, lease: { primary: 'A', epoch: 0, token } },
  }
}

test('the names of tokens do not matter', () => {
  expect(canonical(fenced(5, 9))).toBe(canonical(fenced(2, 1)))
})

test('which token is where does', () => {
  const another = withProcess(fenced(5, 9), 1, leased(8))

  expect(canonical(another)).not.toBe(canonical(fenced(5, 9)))
})

test('a hash that is empty is one that was never there', () => {
  expect(canonical(withHash(start, 'B', 1, EMPTY_HASH))).toBe(canonical(start))
})

test.each<[string, State]>([
  ['the record', { ...start, record: 1 }],
  ['what is known', { ...start, known: 1 }],
  ['the gate', { ...start, gate: 1 }],
  ['writes begun', { ...start, writesBegun: 1 }],
  ['reads begun', { ...start, readsBegun: 1 }],
  ['the epoch', { ...start, epoch: { number: 1, on: null } }],
  ['the promotion', { ...start, primaries: { A: 'A', B: 'B' } }],
  ['the demotion', { ...start, primaries: { A: null, B: 'B' } }],
  ['the return', { ...start, primaries: { A: 'A2', B: 'B' } }],
  ['a document', withHash(start, 'A', 0, { ...EMPTY_HASH, document: 0 })],
  ['a document elsewhere', withHash(start, 'B', 0, { ...EMPTY_HASH, document: 0 })],
  ['a document in another epoch', withHash(start, 'A', 1, { ...EMPTY_HASH, document: 0 })],
  ['a lease', withHash(start, 'A', 0, { ...EMPTY_HASH, lease: 1 })],
  ['a fence that is not alone', withHash(start, 'A', 0, { ...EMPTY_HASH, fences: [1] })],
  ['a fence that is alone', withHash(start, 'A', 0, { ...EMPTY_HASH, fences: [1], alone: 1 })],
  ['a connection', withProcess(start, 0, { connection: 'B' })],
  ['a connection to what returned', withProcess(start, 0, { connection: 'A2' })],
  ['a view', withProcess(start, 0, { view: { number: 0, on: 'A', ripe: false } })],
  ['a ripe view', withProcess(start, 0, { view: { number: 0, on: 'A', ripe: true } })],
  ['a view of none', withProcess(start, 0, { view: { number: 0, on: null, ripe: true } })],
  ["another process' view", withProcess(start, 1, { view: { number: 0, on: 'A', ripe: true } })],
  ['an operation', writing(null)],
  ['an earlier sending that goes on', writing({ at: 'adrift', under: 0 })],
  ['one of another epoch', writing({ at: 'adrift', under: 1 })],
  ['one that has landed', writing({ at: 'landed', version: 1 })],
  ['one that is lost', writing({ at: 'lost' })],
  ['another operation', withProcess(start, 0, { operation: { kind: 'read', at: 'begun', known: 0 } })],
  ['a commit adrift', { ...start, adrift: [{ under: 0, gate: 0 }] }],
  ['a fence being reaped', { ...start, reapings: [{ primary: 'A', epoch: 0, token: 1 }] }],
  ['a fill', { ...start, fills: [{ lease: { primary: 'A', epoch: 0, token: 1 }, version: 0 }] }],
  [
    'a fill of another version',
    { ...start, fills: [{ lease: { primary: 'A', epoch: 0, token: 1 }, version: 1 }] },
  ],
  ['a lift', lifting(true, 1)],
  ['a lift that may not fill', lifting(false, 1)],
  ['a lift of nothing', lifting(false, null)],
])('%s shows', (_what, state) => {
  others.push(canonical(state))

  expect(new Set(others).size).toBe(others.length)
})
const others = [canonical(start)]
