import { hostname } from 'node:os'
import type { StateBucket } from './bucket.ts'
import { freeLock, shownLock } from './lock.ts'

const LOCK = { id: 'some-id', who: 'ann@there', operation: 'apply', since: 1_000_000 }

test.each([
  [1_005_000, '5 s old'],
  [1_000_000 + 10 * 60_000, '10 min old'],
  // The other machine's clock may be ahead.
  [0, '0 s old'],
])('at %d a lock is shown with id, owner and age: %s', (now, age) => {
  expect(shownLock(LOCK, now)).toBe(`some-id, apply of ann@there, ${age}`)
})

test('a lock that does not say since when is shown as well', () => {
  expect(shownLock({ ...LOCK, since: Number.NaN })).toContain('of unknown age')
})

describe('a lock of this machine', () => {
  const BEGAN = Date.parse('2026-01-01T10:00:00Z')

  /** What a bucket tells of a lock that was taken so many seconds after the interrupted run began. */
  function bucketWith(seconds: number): { readonly bucket: StateBucket; readonly removed: string[] } {
    const Created = new Date(BEGAN + seconds * 1000).toISOString()
    const removed: string[] = []
    const bucket = {
      name: 'states',
      read: async () => JSON.stringify({ ID: 'its-id', Who: `ann@${hostname()}`, Created }),
      remove: async (key: string) => void removed.push(key),
    }
    // What is asked of it here.
    return { bucket: bucket as unknown as StateBucket, removed }
  }
  const free = (bucket: StateBucket, interrupted: number | undefined) =>
    freeLock({ bucket, stateKey: 'it' }, { interrupted, unlock: undefined, tell: () => undefined })

  test('is freed where an interrupted run took it', async () => {
    const { bucket, removed } = bucketWith(5)

    await free(bucket, BEGAN)

    expect(removed).toEqual(['it.tflock'])
  })

  test.each([
    ['it was taken long after that run began: somebody works in another folder', 600, BEGAN],
    ['no run was interrupted', 5, undefined],
  ])('stays where %s', async (_, seconds, interrupted) => {
    const { bucket, removed } = bucketWith(seconds)

    await expect(free(bucket, interrupted)).rejects.toThrow('--unlock its-id')
    expect(removed).toEqual([])
  })
})
