/** Something that a client asked for, and what it heard. */
export interface Operation<Input, Output> {
  readonly input: Input
  /** What it was answered with; `undefined` where the answer was lost, so that it may or may not have happened. */
  readonly output: Output | undefined
  /** When it was sent, and when its answer was there, by one clock that all clients share; the same unit for all. */
  readonly sent: number
  /** `Infinity` where no answer came: it may happen at any time after it was sent. */
  readonly answered: number
}

/** What a single client, alone with the object, would see. */
export interface Specification<State, Input, Output> {
  readonly initial: State
  /**
   * The state after the operation, if it may be answered like this in that state; `undefined` if it may not. For an
   * operation whose answer was lost: what it would do.
   */
  step(state: State, operation: Operation<Input, Output>): State | undefined
  /** Whether the operation can never be answered as it was, from this state on: what leads here need not be followed. */
  isTooLate(state: State, operation: Operation<Input, Output>): boolean
  /** The same text for the same state and for no other. */
  textOf(state: State): string
}

export type Verdict<State, Input, Output> =
  | {
      readonly linearizable: true
      /** One order that explains everything; without the operations that never happened. */
      readonly order: readonly Operation<Input, Output>[]
    }
  | {
      readonly linearizable: false
      /** The longest beginning that can be explained, in its order, and the state that it leads to. */
      readonly explained: readonly Operation<Input, Output>[]
      readonly state: State
      /** What is asked for next, none of which can be answered as it was. */
      readonly stuck: readonly Operation<Input, Output>[]
    }

/**
 * How many states are looked at. A history that can be explained needs few more than it has operations; one that cannot
 * may have more than anybody could look at, and counts as unexplained then.
 */
const MOST_STATES = 100_000

/** A choice that was made on the way: this operation came next. */
interface Choice<State> {
  readonly operation: number
  readonly before: State
  /** The candidates that are left to be tried instead. */
  readonly rest: readonly number[]
}

/**
 * Looks for an order of the operations that one object, doing one thing after the other, could have carried out: each
 * operation between its sending and its answer (Wing and Gong, "Testing and verifying concurrent objects", 1993, with
 * the memory of states that Lowe added in "Testing for linearizability", 2017).
 *
 * ```
 * a  ├──────────┤            a and b overlap: either may come first
 * b       ├─────────┤
 * c                   ├──┤   c was sent after both were answered: it comes after both
 * d    ├───────────────────  no answer: anywhere after its sending, or never
 * ```
 */
export function checkLinearizability<State, Input, Output>(
  operations: readonly Operation<Input, Output>[],
  specification: Specification<State, Input, Output>,
): Verdict<State, Input, Output> {
  const sorted = operations.toSorted((a, b) => a.sent - b.sent)
  const done = new Placed(sorted.length)
  const seen = new Set<string>()
  const path: Choice<State>[] = []
  let state = specification.initial
  let best: { explained: number[]; state: State } = { explained: [], state }
  const at = (index: number) => sorted[index] as Operation<Input, Output>
  const known = sorted.filter(({ output }) => output !== undefined).length
  let explained = 0

  let candidates: readonly number[] = candidatesFor(sorted, done)
  for (;;) {
    let next: { operation: number; state: State; rest: readonly number[] } | undefined
    for (const [place, index] of candidates.entries()) {
      const after = specification.step(state, at(index))
      // Whether something happened of which nobody heard, and which changed nothing, makes no difference.
      if (after === undefined || (after === state && at(index).output === undefined)) continue
      if (candidates.some((other) => other !== index && specification.isTooLate(after, at(other)))) continue
      done.add(index)
      const text = `${done.text()} ${specification.textOf(after)}`
      if (!seen.has(text)) {
        seen.add(text)
        next = { operation: index, state: after, rest: candidates.slice(place + 1) }
        break
      }
      done.remove(index)
    }
    if (next !== undefined) {
      path.push({ operation: next.operation, before: state, rest: next.rest })
      state = next.state
      if (at(next.operation).output !== undefined) explained += 1
      if (path.length > best.explained.length) {
        best = { explained: path.map(({ operation }) => operation), state }
      }
      if (explained === known)
        return { linearizable: true, order: path.map(({ operation }) => at(operation)) }
      candidates = candidatesFor(sorted, done)
      continue
    }
    const last = path.pop()
    if (last === undefined || seen.size > MOST_STATES) break
    done.remove(last.operation)
    if (at(last.operation).output !== undefined) explained -= 1
    state = last.before
    candidates = last.rest
  }
  if (known === 0) return { linearizable: true, order: [] }
  for (const { operation } of path) done.remove(operation)
  for (const index of best.explained) done.add(index)
  return {
    linearizable: false,
    explained: best.explained.map(at),
    state: best.state,
    stuck: candidatesFor(sorted, done).map(at),
  }
}

/**
 * Those that may come next: sent before any of the others was answered. What has an answer is tried first, in the order
 * of the answers, then what has none, the last one that was sent first: that is nearly always right.
 */
function candidatesFor(sorted: readonly Operation<unknown, unknown>[], done: Placed): number[] {
  let firstAnswer = Number.POSITIVE_INFINITY
  const candidates: number[] = []
  for (let index = done.first; index < sorted.length; index += 1) {
    const operation = sorted[index]
    if (operation === undefined || operation.sent > firstAnswer) break
    if (done.has(index)) continue
    candidates.push(index)
    firstAnswer = Math.min(firstAnswer, operation.answered)
  }
  const answered = (index: number): number => sorted[index]?.answered ?? 0
  const possible = candidates.filter((index) => (sorted[index]?.sent ?? 0) <= firstAnswer)
  return [
    ...possible.filter((index) => Number.isFinite(answered(index))).sort((a, b) => answered(a) - answered(b)),
    ...possible.filter((index) => !Number.isFinite(answered(index))).reverse(),
  ]
}

/** Which operations have their place already. Nearly all of them are at the beginning, so only the rest is text. */
class Placed {
  readonly #flags: Uint8Array
  /** Everything before it has been placed. */
  first = 0
  #last = -1

  constructor(count: number) {
    this.#flags = new Uint8Array(count)
  }

  has(index: number): boolean {
    return this.#flags[index] === 1
  }

  add(index: number): void {
    this.#flags[index] = 1
    this.#last = Math.max(this.#last, index)
    while (this.#flags[this.first] === 1) this.first += 1
  }

  remove(index: number): void {
    this.#flags[index] = 0
    this.first = Math.min(this.first, index)
    while (this.#last >= 0 && this.#flags[this.#last] === 0) this.#last -= 1
  }

  text(): string {
    const beyond: number[] = []
    for (let index = this.first; index <= this.#last; index += 1) {
      if (this.#flags[index] === 1) beyond.push(index)
    }
    return `${this.first}:${beyond.join()}`
  }
}
