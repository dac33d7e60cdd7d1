import type { Mutant } from './mutant.ts'

const STORE = 'packages/cart-store/src/cache/store.ts'
const PERMISSION = 'packages/cart-store/src/cache/commit-permission.ts'
const PRIMARY = 'packages/cart-store/src/cache/primary.ts'
const SWITCH = 'packages/cart-store/src/cache/cache-switch.ts'
const TIMES = 'packages/cart-store/src/cache/times.ts'
const PRIMARY_SCRIPT = 'packages/cart-store/src/cache/primary.lua'
const FILL_SCRIPT = 'packages/cart-store/src/cache/fill.lua'
const LIFT_SCRIPT = 'packages/cart-store/src/cache/lift.lua'

/** A lift takes its time, as it may: it is a message that nobody waits for. */
const LATE_LIFTS = {
  file: STORE,
  find: 'this.#later(this.#hashes.lift(ids, fence, left))',
  replace:
    'this.#later(new Promise((resolve) => setTimeout(resolve, 150)).then(() => this.#hashes.lift(ids, fence, left)))',
}

/**
 * The rules of the cache (docs/reference/cache-protocol.md). Three of them are left to its model, since chance shows them too
 * rarely: `get-when-ripe` (an unfenced commit that lands after an epoch was opened), `lift-when-known` and
 * `gate-before-removal` (a commit that lands when its fence is gone, and is seen by somebody while an older document stands).
 */
export const CACHE_MUTANTS = {
  'no-fence': {
    says: 'A writer commits without a fence, and deletes the document only afterwards.',
    patches: [
      {
        file: STORE,
        find: 'const stale = await this.#hashes.fence(epoch, ids, token, patience)',
        replace: 'const stale: string[][] = []',
      },
      LATE_LIFTS,
    ],
    foundOn: { store: 'cached', faults: [], operations: 300 },
  },
  'fill-without-a-lease': {
    says: 'A reader fills with what it has read, however long ago.',
    patches: [
      {
        file: FILL_SCRIPT,
        find: "if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[2] then return 0 end",
        replace: '',
      },
      {
        // A fill takes its time, as it may, and is overtaken by writers.
        file: STORE,
        find: 'this.#later(this.#hashes.fill(held, id, found.lease, cart))',
        replace:
          'this.#later(new Promise((resolve) => setTimeout(resolve, 100)).then(() => this.#hashes.fill(held, id, found.lease, cart)))',
      },
    ],
    foundOn: { store: 'cached', faults: [], operations: 300 },
  },
  'fill-after-an-overlap': {
    says: 'A writer leaves its document although another fence has stood beside its own.',
    patches: [
      {
        file: LIFT_SCRIPT,
        find: "local alone = redis.call('HGET', key, 'alone') == ARGV[2]",
        replace: 'local alone = true',
      },
      // Late lifts come in another order than the commits.
      LATE_LIFTS,
    ],
    foundOn: { store: 'cached', faults: [], operations: 300 },
  },
  'any-primary-will-do': {
    says: 'A process uses whatever Redis it is connected to.',
    patches: [
      {
        file: PRIMARY_SCRIPT,
        find: "if not (says('role:master') and says('master_replid:' .. ARGV[1])) then",
        replace: 'if false then',
      },
      { file: PRIMARY, find: 'if (this.#identity !== identity) throw new NotThePrimary()', replace: '' },
      {
        file: SWITCH,
        find: 'void this.#look(() => this.#judge(held))',
        replace: 'return',
      },
      { file: STORE, find: 'this.#primary.identity !== place.on || ', replace: '' },
      {
        file: STORE,
        find: 'held.on !== this.#primary.identity',
        replace: 'this.#primary.identity === undefined',
      },
    ],
    foundOn: { store: 'cached', faults: ['two-primaries', 'failover'], operations: 800 },
  },
  'unfenced-at-once': {
    says: 'A commit is sent without a fence as soon as the cache was turned off.',
    patches: [
      {
        file: PERMISSION,
        find: 'const may = isOn(held) ? this.#fence?.n === held.n : held.ripe',
        replace: 'const may = isOn(held) ? this.#fence?.n === held.n : true',
      },
      // The other process acts on what it has read for nearly as long as it may.
      { file: TIMES, find: 'poll: 100', replace: 'poll: 350' },
    ],
    foundOn: { store: 'cached', faults: ['redis-unreachable'], operations: 800 },
  },
} as const satisfies Record<string, Mutant>
