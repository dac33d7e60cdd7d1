import type { Patch } from './patching.ts'

/**
 * What every verified process is patched with, mutant or not: the same rules at shorter times. The product leaves a row
 * to the process that wrote it for ten seconds, looks for forgotten ones every five, and waits up to thirty after
 * failures; a run lasts a few seconds, and would spend most of its time on waiting for its events.
 */
export const TIMING: readonly Patch[] = [
  inRelay('sweepInterval: 5_000', 'sweepInterval: 250'),
  inRelay('grace: 10_000', 'grace: 1_000'),
  inRelay('firstPause: 100', 'firstPause: 50'),
  inRelay('longestPause: 30_000', 'longestPause: 500'),
  // The cache's times all the same way, so that an epoch is used after two seconds and a run sees several.
  inCache('poll: 1_000', 'poll: 100'),
  inCache('hold: 2_000', 'hold: 400'),
  inCache('longestCommit: 5_000', 'longestCommit: 1_200'),
  inCache('document: 60_000', 'document: 1_500'),
  inCache('staleFence: 30_000', 'staleFence: 1_500'),
  inCache('rest: 1_000', 'rest: 200'),
  inCache('firstReopening: 10_000', 'firstReopening: 100'),
  inCache('lastReopening: 300_000', 'lastReopening: 400'),
  inCache('shortEpoch: 10_000', 'shortEpoch: 0'),
  {
    file: 'packages/cart-store/src/cache/cache-switch.ts',
    find: 'const PAUSE = 1_000',
    replace: 'const PAUSE = 100',
  },
]

function inRelay(find: string, replace: string): Patch {
  return { file: 'packages/cart-store/src/relay/relay.ts', find, replace }
}

function inCache(find: string, replace: string): Patch {
  return { file: 'packages/cart-store/src/cache/times.ts', find, replace }
}
