// What a reader leaves in the cache, on its way since it has answered.

import type { Rules } from '../rules.ts'
import { type CartHash, type Fill, hashAt, type State, serverOf, withHash } from '../state.ts'
import { reaches } from './connection.ts'
import type { OutsideSteps } from './step.ts'

export function withFill(state: State, sent: Fill): State {
  const fills = [...state.fills, sent].sort((one, other) => one.lease.token - other.lease.token)
  return { ...state, fills }
}

/** Stores what was read, if the lease still stands. */
export const fill: OutsideSteps = ({ rules }, state) =>
  state.fills.flatMap((sent, index) => {
    const { lease, version } = sent
    if (!reaches(rules, state, lease.primary)) return []
    const server = serverOf(lease.primary)
    const key = rules.keyOf(lease.epoch)
    const hash = hashAt(state, server, key)
    const after = { ...state, fills: state.fills.toSpliced(index, 1) }
    const fills = mayFill(rules, hash, sent)
    return {
      step: 'fill',
      who: 'Redis',
      what: `${fills ? 'fills' : 'does not fill'} v${version} with lease ${lease.token}`,
      state: fills ? withHash(after, server, key, { ...hash, document: version, lease: null }) : after,
    }
  })

function mayFill(rules: Rules, hash: CartHash, { lease: { token }, version }: Fill): boolean {
  const unfenced = hash.fences.length === 0
  if (!rules.hold('fence-stops-readers')) return hash.lease === token || !unfenced
  if (!rules.hold('fill-needs-lease')) return unfenced && (hash.document === null || hash.document < version)
  return unfenced && hash.lease === token
}

export const FILL_STEPS: readonly OutsideSteps[] = [fill]
