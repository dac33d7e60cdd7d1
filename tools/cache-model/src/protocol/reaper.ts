// Takes away fences that nobody lifts. It cannot know whether a fence's writer lives, and in the model takes any.

import {
  type EpochNumber,
  hashAt,
  type Place,
  type Process,
  type State,
  serverOf,
  withHash,
  withoutFence,
} from '../state.ts'
import { reaches } from './connection.ts'
import { hashesOf } from './redis.ts'
import type { OutsideSteps } from './step.ts'

/** How often fences are reaped: each more multiplies the states. */
const MOST_GATES = 1

const REAPER = 'reaper'

/**
 * Somebody meets a fence that looks left behind, whether its writer lives or not, and first raises the gate; perhaps so
 * late that the fence has been lifted, or its epoch is over.
 */
export const raiseGate: OutsideSteps = ({ rules }, state) => {
  if (state.gate >= MOST_GATES || state.writesBegun === 0 || !rules.hold('gate-before-removal')) return []
  const raised = withGate(state, state.gate + 1)
  const step = { step: 'raiseGate', who: REAPER } as const
  const what = `raises the gate to ${raised.gate} because of`
  return [
    { ...step, what: `${what} a fence that is gone`, state: raised },
    ...fencesOf(state)
      .filter(({ token }) => !state.reapings.some((reaping) => reaping.token === token))
      .map((fence) => ({
        ...step,
        what: `${what} ${named(fence)}`,
        state: { ...raised, reapings: [...raised.reapings, fence] },
      })),
  ]
}

/** Whatever is on its way names a lower gate and will be refused: as good as lost. Who waits for an answer is told so. */
function withGate(state: State, gate: number): State {
  return { ...state, gate, adrift: [], processes: state.processes.map(withoutEarlier) }
}

function withoutEarlier(process: Process): Process {
  const { operation } = process
  if (operation?.kind !== 'write' || (operation.at !== 'begun' && operation.at !== 'fenced')) return process
  if (operation.earlier?.at !== 'adrift') return process
  return { ...process, operation: { ...operation, earlier: { at: 'lost' } } }
}

/** Then removes it: a commit that counts on it is refused from here on. */
export const removeFence: OutsideSteps = ({ rules }, state) =>
  state.reapings.flatMap((fence, index) =>
    reaches(rules, state, fence.primary)
      ? {
          step: 'removeFence',
          who: REAPER,
          what: `removes ${named(fence)}`,
          state: dropFence(
            { ...state, reapings: state.reapings.toSpliced(index, 1) },
            fence,
            rules.keyOf(fence.epoch),
          ),
        }
      : [],
  )

/** Only under a broken rule: a fence ends by time alone. */
export const expireFence: OutsideSteps = ({ rules }, state) => {
  if (rules.hold('gate-before-removal')) return []
  return fencesOf(state).map((fence) => ({
    step: 'expireFence',
    who: 'Redis',
    what: `lets ${named(fence)} expire`,
    state: dropFence(state, fence, fence.epoch),
  }))
}

export const REAPER_STEPS: readonly OutsideSteps[] = [raiseGate, removeFence, expireFence]

/** The fences on servers that take commands. */
function fencesOf(state: State): Place[] {
  return hashesOf(state).flatMap(({ server, epoch, hash }) => {
    const primary = state.primaries[server]
    return primary === null ? [] : hash.fences.map((token) => ({ primary, epoch, token }))
  })
}

function dropFence(state: State, { primary, token }: Place, key: EpochNumber): State {
  const server = serverOf(primary)
  return withHash(state, server, key, withoutFence(hashAt(state, server, key), token))
}

function named({ primary, epoch, token }: Place): string {
  return `fence ${token} on ${primary} in epoch ${epoch}`
}
