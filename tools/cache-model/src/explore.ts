// Breadth-first exploration of a model. Knows nothing of carts.

export interface Step<State> {
  /** Whose step it is: a column of the printed timeline. */
  readonly who: string
  /** What happens, with what comes of it; no two steps of one state have the same `who` and `what`. */
  readonly what: string
  readonly state: State
  /** What is wrong with it, if it must never happen. */
  readonly violation?: string | undefined
}

export interface Model<State, S extends Step<State> = Step<State>> {
  readonly initial: State
  /** Every step that is possible now, always in the same order. */
  readonly steps: (state: State) => readonly S[]
  /** Equal for two states if they need not be told apart. */
  readonly key: (state: State) => string
}

/** `states` have been met, on `depth` levels: the start's is the first. */
export type Result<S> =
  | { readonly outcome: 'complete'; readonly states: number; readonly depth: number }
  | { readonly outcome: 'stopped'; readonly states: number; readonly depth: number }
  | { readonly outcome: 'violation'; readonly states: number; readonly timeline: readonly S[] }

export interface Limits {
  /** Stops when it has met more. A JavaScript Map takes 16.7 million. */
  readonly states?: number
  readonly onLevel?: (depth: number, states: number) => void
}

/** Goes through all states that can be reached; of the violations it finds a shortest. */
export function explore<State, S extends Step<State>>(
  model: Model<State, S>,
  { states: limit = 16_000_000, onLevel }: Limits = {},
): Result<S> {
  // Of each state only its key, where it was first met from, and by which of the steps there: its way is found
  // again by going it again.
  const met = new Set([model.key(model.initial)])
  const parents = [-1]
  const choices = [-1]
  let level: { readonly state: State; readonly id: number }[] = [{ state: model.initial, id: 0 }]
  let depth = 0
  while (level.length > 0) {
    const next: typeof level = []
    for (const { state, id } of level) {
      for (const [choice, step] of model.steps(state).entries()) {
        if (step.violation !== undefined) {
          const timeline = [...wayTo(model, id, parents, choices), step]
          return { outcome: 'violation', states: met.size, timeline }
        }
        const before = met.size
        met.add(model.key(step.state))
        if (met.size === before) continue
        parents.push(id)
        choices.push(choice)
        next.push({ state: step.state, id: before })
      }
    }
    if (met.size > limit) return { outcome: 'stopped', states: met.size, depth }
    level = next
    depth++
    onLevel?.(depth, met.size)
  }
  return { outcome: 'complete', states: met.size, depth }
}

function wayTo<State, S extends Step<State>>(
  model: Model<State, S>,
  id: number,
  parents: readonly number[],
  choices: readonly number[],
): S[] {
  const way: number[] = []
  for (let at = id; at > 0; at = parents[at] ?? 0) way.unshift(choices[at] ?? 0)
  const timeline: S[] = []
  let state = model.initial
  for (const choice of way) {
    const step = model.steps(state)[choice]
    if (step === undefined) throw new Error(`the model has other steps than before after ${timeline.length}`)
    timeline.push(step)
    state = step.state
  }
  return timeline
}

/** One line of a stored timeline. */
export function label({ who, what }: Pick<Step<unknown>, 'who' | 'what'>): string {
  return `${who} ${what}`
}

/** What came of a timeline that was gone through again. */
export interface Replay<State, S> {
  readonly taken: readonly S[]
  /** The first line that is not possible where it stands, with what is possible there. */
  readonly impossible?: { readonly label: string; readonly instead: readonly S[]; readonly state: State }
}

/** Takes the steps with these labels one after the other, from the start, as far as they are possible. */
export function replay<State, S extends Step<State>>(
  model: Model<State, S>,
  labels: readonly string[],
): Replay<State, S> {
  const taken: S[] = []
  let state = model.initial
  for (const line of labels) {
    const possible = model.steps(state)
    const [step, ...others] = possible.filter((candidate) => label(candidate) === line)
    if (others.length > 0) throw new Error(`"${line}" is the label of ${others.length + 1} steps`)
    if (step === undefined) return { taken, impossible: { label: line, instead: possible, state } }
    taken.push(step)
    state = step.state
  }
  return { taken }
}
