import type { Step } from '../explore.ts'
import type { Rules, StepName } from '../rules.ts'
import type { Sizes, State } from '../state.ts'

export interface ProtocolStep extends Step<State> {
  readonly step: StepName
}

/** What all steps are given: how far the model goes, and which rules hold. */
export interface Setting {
  readonly sizes: Sizes
  readonly rules: Rules
}

/** A step that one process takes; nothing when it cannot. */
export type ProcessStep = (setting: Setting, state: State, process: number) => ProtocolStep | undefined

/** Steps that nobody in particular takes. */
export type OutsideSteps = (setting: Setting, state: State) => readonly ProtocolStep[]

/** The column of a process in a timeline. */
export function nameOf(process: number): string {
  return `p${process}`
}
