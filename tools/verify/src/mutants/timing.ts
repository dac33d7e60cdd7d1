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
]

function inRelay(find: string, replace: string): Patch {
  return { file: 'packages/cart-store/src/relay/relay.ts', find, replace }
}
