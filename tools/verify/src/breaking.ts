import { setTimeout as sleep } from 'node:timers/promises'
import { Chance } from '@cartwright/test-servers'
import type { ApiProcess } from './api-process.ts'
import type { Backend } from './backends/backend.ts'
import type { EventReceiver } from './events/receiver.ts'
import type { FaultName } from './faults.ts'
import type { Front } from './front.ts'

/** How often each has gone wrong. */
export type FaultCounts = Partial<Record<FaultName, number>>

/** Everything that something can go wrong with. */
export interface Breakable {
  readonly apis: readonly ApiProcess[]
  /** One for each of them. */
  readonly fronts: readonly Front[]
  readonly backend: Backend
  readonly receiver: EventReceiver
}

/** One thing after the other goes wrong until told to end, and is counted; in the end everything is well again. */
export async function breakThings(
  faults: readonly FaultName[],
  chance: Chance,
  breakable: Breakable,
  { counts, ended }: { counts: FaultCounts; ended: AbortSignal },
): Promise<void> {
  if (faults.length === 0) return
  for (;;) {
    await pause(50 + chance.below(breakable.backend.pace.calm), ended)
    if (ended.aborted) return
    const fault = chance.of(faults)
    counts[fault] = (counts[fault] ?? 0) + 1
    const end = await begin(fault, chance.below(breakable.apis.length), chance, breakable)
    await pause(50 + chance.below(800), ended)
    await end()
  }
}

async function pause(milliseconds: number, ended: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: ended }).catch(() => undefined)
}

/** @returns what makes it well again */
async function begin(
  fault: FaultName,
  index: number,
  chance: Chance,
  { apis, fronts, backend, receiver }: Breakable,
): Promise<() => Promise<void>> {
  const api = apis[index] as ApiProcess
  switch (fault) {
    case 'kill':
      await api.kill()
      await api.start()
      return async () => undefined
    case 'stop':
      api.signal('SIGSTOP')
      return async () => api.signal('SIGCONT')
    case 'answers':
      fronts[index]?.trouble(new Chance(chance.below(2 ** 31)))
      return async () => fronts[index]?.trouble(undefined)
    case 'refuse-events':
      receiver.trouble(new Chance(chance.below(2 ** 31)))
      return async () => receiver.trouble(undefined)
    default:
      return backend.begin(fault, index, chance)
  }
}
