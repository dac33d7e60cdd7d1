import { canonical } from '../canonical.ts'
import type { Model } from '../explore.ts'
import { type RuleId, Rules } from '../rules.ts'
import { initialState, type Sizes, type State } from '../state.ts'
import { CONNECTION_STEPS } from './connection.ts'
import { withoutEndedEpochs } from './ended-epochs.ts'
import { EPOCH_STEPS } from './epochs.ts'
import { OUTSIDE_STEPS, PROCESS_FAULTS } from './faults.ts'
import { FILL_STEPS } from './fill.ts'
import { LIFT_STEPS } from './lift.ts'
import { READER_STEPS } from './reader.ts'
import { REAPER_STEPS } from './reaper.ts'
import { REDIS_STEPS } from './redis.ts'
import type { ProtocolStep, Setting } from './step.ts'
import { WRITER_STEPS } from './writer.ts'

const PROCESS_STEPS = [
  ...EPOCH_STEPS,
  ...CONNECTION_STEPS,
  ...WRITER_STEPS,
  ...READER_STEPS,
  ...PROCESS_FAULTS,
]
const OTHER_STEPS = [...FILL_STEPS, ...LIFT_STEPS, ...OUTSIDE_STEPS, ...REAPER_STEPS, ...REDIS_STEPS]

/** The protocol as a model to explore, whole or without one of its rules. */
export function protocol(sizes: Sizes, broken?: RuleId): Model<State, ProtocolStep> {
  const setting: Setting = { sizes, rules: new Rules(broken) }
  return { initial: initialState(sizes), steps: (state) => stepsOf(setting, state), key: canonical }
}

function stepsOf(setting: Setting, state: State): ProtocolStep[] {
  const steps: ProtocolStep[] = []
  for (let process = 0; process < state.processes.length; process++) {
    for (const take of PROCESS_STEPS) {
      const step = take(setting, state, process)
      if (step !== undefined) steps.push(step)
    }
  }
  for (const take of OTHER_STEPS) steps.push(...take(setting, state))
  return steps.map((step) => ({ ...step, state: withoutEndedEpochs(setting.rules, step.state) }))
}
