import type { TargetGroupConfiguration } from '../declared/configuration.ts'
import type { LoadBalancerEvent } from '../journal/events.ts'
import { group } from '../test/declared.ts'
import { HandClock } from '../test/hand-clock.ts'
import type { CheckResult } from './health-check.ts'
import { TargetGroup } from './target-group.ts'

const WELL: CheckResult = { is: 'success' }
const ILL: CheckResult = { is: 'wrong-status', status: 503 }

let clock: HandClock
let results: Map<string, CheckResult>
let checks: string[]
let events: LoadBalancerEvent[]
let made: TargetGroup[]
beforeEach(() => {
  clock = new HandClock()
  results = new Map()
  checks = []
  events = []
  made = []
})
afterEach(() => {
  for (const group of made) group.stop()
})

function make(changes: Partial<TargetGroupConfiguration> = {}): TargetGroup {
  const made_ = new TargetGroup(group(changes), {
    idleTimeout: 60_000,
    clock,
    check: async ({ port }) => {
      checks.push(name(port))
      return results.get(name(port)) ?? WELL
    },
    tell: (event) => events.push(event),
  })
  made.push(made_)
  return made_
}

/** Targets are told apart by their ports: a is 1, b is 2. */
function name(port: number): string {
  return String.fromCharCode(96 + port)
}

function register(to: TargetGroup, ...ids: string[]): void {
  to.register(...ids.map((id) => ({ id, host: '127.0.0.1', port: id.charCodeAt(0) - 96 })))
}

function chosen(from: TargetGroup, count: number): string {
  return Array.from({ length: count }, () => from.choose()?.id ?? '-').join('')
}

function states(of: TargetGroup): Record<string, string> {
  return Object.fromEntries(of.describeHealth().map(({ id, state }) => [id, state]))
}

test('a target is checked when it is registered and then once every interval', async () => {
  const targets = make()
  register(targets, 'a')
  expect(targets.describeHealth()).toMatchObject([
    { id: 'a', state: 'initial', reason: 'Elb.RegistrationInProgress' },
  ])

  await clock.pass(0)
  expect(states(targets)).toEqual({ a: 'healthy' })
  await clock.pass(9.9)
  expect(checks).toEqual(['a'])
  await clock.pass(0.1)
  expect(checks).toEqual(['a', 'a'])
  await clock.pass(100)
  expect(checks).toHaveLength(12)
})

test('healthy targets take turns', async () => {
  const targets = make()
  register(targets, 'a', 'b', 'c')
  await clock.pass(0)

  expect(chosen(targets, 6)).toBe('abcabc')
})

test('one that fails its checks gets nothing until it has passed enough of them', async () => {
  const targets = make()
  register(targets, 'a', 'b')
  await clock.pass(0)

  results.set('b', ILL)
  await clock.pass(10)
  expect(chosen(targets, 4)).toBe('abab')
  await clock.pass(10)
  expect(states(targets)).toEqual({ a: 'healthy', b: 'unhealthy' })
  expect(chosen(targets, 3)).toBe('aaa')

  results.set('b', WELL)
  await clock.pass(20)
  expect(states(targets)).toEqual({ a: 'healthy', b: 'unhealthy' })
  await clock.pass(10)
  expect(states(targets)).toEqual({ a: 'healthy', b: 'healthy' })
  expect(new Set(chosen(targets, 2))).toEqual(new Set(['a', 'b']))
  const ofB = events.filter((event) => event.kind === 'target-health' && event.target === 'b')
  expect(ofB).toMatchObject([
    { from: 'initial', to: 'healthy' },
    { from: 'healthy', to: 'unhealthy', reason: 'Target.ResponseCodeMismatch' },
    { from: 'unhealthy', to: 'healthy' },
  ])
})

test('where all are unhealthy all get requests, also those that are new', async () => {
  const targets = make()
  results.set('a', ILL).set('b', ILL).set('c', ILL)
  register(targets, 'a', 'b')
  await clock.pass(20)
  register(targets, 'c')

  expect(states(targets)).toEqual({ a: 'unhealthy', b: 'unhealthy', c: 'initial' })
  expect(new Set(chosen(targets, 3))).toEqual(new Set(['a', 'b', 'c']))
})

test('fewer healthy ones than declared, by count or by part, are taken for too few', async () => {
  const byCount = make({ minimumHealthy: { count: 2, percentage: 0 } })
  const byPart = make({ minimumHealthy: { count: 1, percentage: 60 } })
  results.set('b', ILL)
  for (const targets of [byCount, byPart]) register(targets, 'a', 'b')
  await clock.pass(10)

  expect(new Set(chosen(byCount, 4))).toEqual(new Set(['a', 'b']))
  expect(new Set(chosen(byPart, 4))).toEqual(new Set(['a', 'b']))
})

test('a new target gets nothing before its first success while others are healthy', async () => {
  const targets = make()
  results.set('b', ILL)
  register(targets, 'a', 'b')
  await clock.pass(0)

  expect(states(targets)).toEqual({ a: 'healthy', b: 'initial' })
  expect(chosen(targets, 3)).toBe('aaa')
})

test('with nobody registered there is nobody to choose', () => {
  expect(make().choose()).toBeUndefined()
})

test('a deregistered target gets nothing new, is draining for the delay, and is gone then', async () => {
  const targets = make()
  register(targets, 'a', 'b')
  await clock.pass(0)
  let isGone = false
  void targets.deregister('a').then(() => {
    isGone = true
  })

  expect(chosen(targets, 2)).toBe('bb')
  expect(targets.describeHealth().find(({ id }) => id === 'a')).toMatchObject({
    state: 'draining',
    reason: 'Target.DeregistrationInProgress',
  })
  checks = []
  await clock.pass(29.9)
  expect([isGone, checks.includes('a')]).toEqual([false, false])
  await clock.pass(0.1)
  expect(isGone).toBe(true)
  expect(states(targets)).toEqual({ b: 'healthy' })
  expect(events.at(-1)).toMatchObject({
    target: 'a',
    from: 'draining',
    to: 'unused',
    reason: 'Target.NotRegistered',
  })
})

test('the last one that is deregistered leaves nobody, even while it drains', async () => {
  const targets = make()
  register(targets, 'a')
  await clock.pass(0)

  void targets.deregister('a')

  expect(targets.choose()).toBeUndefined()
})

test('one that is registered again while it drains begins anew', async () => {
  const targets = make()
  register(targets, 'a')
  await clock.pass(0)
  void targets.deregister('a')

  register(targets, 'a')

  expect(states(targets)).toEqual({ a: 'initial' })
  await clock.pass(40)
  expect(states(targets)).toEqual({ a: 'healthy' })
})

test('to register a target twice changes nothing, on another port it is another target', async () => {
  const targets = make()
  register(targets, 'a', 'a')
  await clock.pass(0)
  expect(checks).toEqual(['a'])

  targets.register({ id: 'a', host: '127.0.0.1', port: 2 })
  await clock.pass(0)

  expect(targets.describeHealth()).toMatchObject([{ id: 'a', port: 2, state: 'healthy' }])
})

test('who is deregistered twice, or was never there, is gone when the first is', async () => {
  const targets = make()
  register(targets, 'a')
  await clock.pass(0)
  const gone: string[] = []
  void targets.deregister('a').then(() => gone.push('first'))
  void targets.deregister('a').then(() => gone.push('second'))
  await targets.deregister('nobody')

  await clock.pass(29)
  expect(gone).toEqual([])
  await clock.pass(1)
  expect(gone).toEqual(['first', 'second'])
})

test('the one with the fewest outstanding requests is next, in turns among equals', async () => {
  const targets = make({ algorithm: 'least_outstanding_requests' })
  register(targets, 'a', 'b', 'c')
  await clock.pass(0)
  const hold = (id: string): unknown => targets.find(id)?.outstanding.add({ cut: () => undefined })

  expect(chosen(targets, 3)).toBe('abc')
  hold('a')
  hold('b')
  expect(chosen(targets, 2)).toBe('cc')
  hold('c')
  hold('c')
  expect(new Set(chosen(targets, 4))).toEqual(new Set(['a', 'b']))
})

test('a new target beside a full one gets a share that grows with time', async () => {
  const targets = make({ slowStart: 100, healthCheck: { ...group().healthCheck, interval: 300 } })
  register(targets, 'a')
  await clock.pass(0)
  register(targets, 'b')
  await clock.pass(0)
  const share = (): number => [...chosen(targets, 300)].filter((id) => id === 'b').length / 300

  expect(share()).toBe(0)
  await clock.pass(10)
  expect(share()).toBeCloseTo(0.1 / 1.1, 1)
  await clock.pass(40)
  expect(share()).toBeCloseTo(0.5 / 1.5, 1)
  await clock.pass(50)
  expect(share()).toBeCloseTo(0.5, 1)
})

test('targets that an empty group gets together have full shares, and one that was ill starts slowly', async () => {
  const targets = make({ slowStart: 100 })
  register(targets, 'a', 'b')
  await clock.pass(0)
  expect(chosen(targets, 4)).toBe('abab')

  results.set('b', ILL)
  await clock.pass(20)
  results.set('b', WELL)
  await clock.pass(30)

  expect(states(targets)).toEqual({ a: 'healthy', b: 'healthy' })
  expect([...chosen(targets, 20)].filter((id) => id === 'b').length).toBeLessThan(4)
})

test('targets that begin one after the other are slow only beside one that is not', async () => {
  const targets = make({ slowStart: 100 })
  register(targets, 'a')
  register(targets, 'b')
  register(targets, 'c')
  await clock.pass(0)

  expect(chosen(targets, 4)).toBe('aaaa')
  void targets.deregister('a')
  expect(new Set(chosen(targets, 4))).toEqual(new Set(['b', 'c']))
})

test('where the checks are off a target gets requests at once', async () => {
  const unchecked = make({ healthCheck: { ...group().healthCheck, isEnabled: false } })
  register(unchecked, 'a')
  await clock.pass(20)

  expect(unchecked.describeHealth()).toMatchObject([
    { state: 'unavailable', reason: 'Target.HealthCheckDisabled' },
  ])
  expect(unchecked.choose()?.id).toBe('a')
  expect(checks).toEqual([])
})
