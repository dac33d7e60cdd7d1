// The end of a fence, on its way since its writer has answered.

import type { Rules } from '../rules.ts'
import { type CartHash, hashAt, type Lift, type State, serverOf, withHash, withoutFence } from '../state.ts'
import { reaches } from './connection.ts'
import type { OutsideSteps } from './step.ts'

/**
 * A lift is sent and not waited for. It arrives at any time as long as the primary is that of its fence, also when its
 * process is gone or its epoch over; one that never arrives is a fence left behind.
 */
export function withLift(state: State, sent: Lift): State {
  const lifts = [...state.lifts, sent].sort((one, other) => one.fence.token - other.fence.token)
  return { ...state, lifts }
}

/**
 * Takes the fence away and stores what its writer has written, if the fence stood alone from start to end and its
 * writer says that it may; otherwise deletes document and lease, also when the fence is gone.
 */
export const lift: OutsideSteps = ({ rules }, state) =>
  state.lifts.flatMap((sent, index) => {
    const { fence, version } = sent
    if (!reaches(rules, state, fence.primary)) return []
    const server = serverOf(fence.primary)
    const key = rules.keyOf(fence.epoch)
    const hash = hashAt(state, server, key)
    const fills = version !== null && mayFill(rules, hash, sent, version)
    const lifted: CartHash = {
      ...withoutFence(hash, fence.token),
      document: fills ? version : null,
      lease: null,
    }
    return {
      step: 'lift',
      who: 'Redis',
      what: `lifts fence ${fence.token}, ${fills ? `fills v${version}` : 'fills nothing'}`,
      state: withHash({ ...state, lifts: state.lifts.toSpliced(index, 1) }, server, key, lifted),
    }
  })

function mayFill(
  rules: Rules,
  { document, fences, alone }: CartHash,
  { fence: { token }, mayFill: allowed }: Lift,
  version: number,
): boolean {
  if (!rules.hold('lift-fills-on-evidence')) return document === null || document < version
  if (!rules.hold('lift-fills-if-alone')) return fences.length === 1 && fences[0] === token
  return alone === token && allowed
}

export const LIFT_STEPS: readonly OutsideSteps[] = [lift]
