/** Something that a client asked for, and what it heard. */
export interface Operation<Input, Output> {
  /** Who asked; nothing depends on it. */
  readonly by?: string
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
      readonly kind: 'linearizable'
      /** One order that explains everything; without the operations that never happened. */
      readonly order: readonly Operation<Input, Output>[]
    }
  | {
      readonly kind: 'impossible'
      /** The longest beginning that can be explained, in its order, and the state that it leads to. */
      readonly explained: readonly Operation<Input, Output>[]
      readonly state: State
      /** What is asked for next, none of which can be answered as it was. */
      readonly stuck: readonly Operation<Input, Output>[]
    }
  /** The search was given up: nothing is known. */
  | { readonly kind: 'undecided'; readonly states: number }

/** How far a search goes. */
export interface SearchLimits {
  /**
   * How many states are looked at. A history that can be explained needs few more than it has operations; one that
   * cannot may have more than anybody could look at.
   * @default 2000000
   */
  readonly states?: number
  /** The moment by `performance.now()` at which it is given up. */
  readonly deadline?: number
}

const MOST_STATES = 2_000_000
/** After how many states the clock is looked at. */
const CLOCK_EVERY = 1_000

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
  { states = MOST_STATES, deadline = Number.POSITIVE_INFINITY }: SearchLimits = {},
): Verdict<State, Input, Output> {
  const pending = new Pending(operations)
  const at = (index: number) => pending.sorted[index] as Operation<Input, Output>
  const seen = new Set<string>()
  const path: Choice<State>[] = []
  let state = specification.initial
  let best: { explained: number[]; state: State } = { explained: [], state }

  let candidates: readonly number[] = pending.candidates()
  for (let looks = 0; pending.answersLeft > 0; looks += 1) {
    let next: { operation: number; state: State; rest: readonly number[] } | undefined
    for (const [place, index] of candidates.entries()) {
      const after = specification.step(state, at(index))
      // Whether something happened of which nobody heard, and which changed nothing, makes no difference.
      if (after === undefined || (after === state && at(index).output === undefined)) continue
      if (candidates.some((other) => other !== index && specification.isTooLate(after, at(other)))) continue
      pending.place(index)
      const text = `${pending.text()} ${specification.textOf(after)}`
      if (!seen.has(text)) {
        seen.add(text)
        next = { operation: index, state: after, rest: candidates.slice(place + 1) }
        break
      }
      pending.takeBack(index)
    }
    if (next !== undefined) {
      path.push({ operation: next.operation, before: state, rest: next.rest })
      state = next.state
      if (path.length > best.explained.length) {
        best = { explained: path.map(({ operation }) => operation), state }
      }
      candidates = pending.candidates()
      continue
    }
    const last = path.pop()
    if (last === undefined) {
      for (const index of best.explained) pending.place(index)
      const stuck = pending.candidates().map(at)
      return { kind: 'impossible', explained: best.explained.map(at), state: best.state, stuck }
    }
    if (seen.size > states || (looks % CLOCK_EVERY === 0 && performance.now() > deadline)) {
      return { kind: 'undecided', states: seen.size }
    }
    pending.takeBack(last.operation)
    state = last.before
    candidates = last.rest
  }
  return { kind: 'linearizable', order: path.map(({ operation }) => at(operation)) }
}

/**
 * The operations, and which of them have their place already. Those with an answer come first, each kind in the order of
 * its sending: nearly all of the placed ones are then at the beginning, and what has to be told of them is short.
 */
class Pending<Input, Output> {
  readonly sorted: readonly Operation<Input, Output>[]
  readonly #known: number
  readonly #isPlaced: Uint8Array
  /** Of those with an answer: everything before it has been placed, nothing after the other. */
  #first = 0
  #last = -1
  answersLeft: number

  constructor(operations: readonly Operation<Input, Output>[]) {
    const bySending = operations.toSorted((a, b) => a.sent - b.sent)
    const answered = bySending.filter(({ output }) => output !== undefined)
    this.sorted = [...answered, ...bySending.filter(({ output }) => output === undefined)]
    this.#known = answered.length
    this.#isPlaced = new Uint8Array(operations.length)
    this.answersLeft = answered.length
  }

  place(index: number): void {
    this.#isPlaced[index] = 1
    if (index >= this.#known) return
    this.answersLeft -= 1
    this.#last = Math.max(this.#last, index)
    while (this.#first < this.#known && this.#isPlaced[this.#first] === 1) this.#first += 1
  }

  takeBack(index: number): void {
    this.#isPlaced[index] = 0
    if (index >= this.#known) return
    this.answersLeft += 1
    this.#first = Math.min(this.#first, index)
    while (this.#last >= 0 && this.#isPlaced[this.#last] === 0) this.#last -= 1
  }

  /**
   * Those that may come next: sent before any of the others was answered. What has an answer is tried first, in the order
   * of the answers, then what has none, the last one that was sent first: that is nearly always right.
   */
  candidates(): number[] {
    let firstAnswer = Number.POSITIVE_INFINITY
    const answered: number[] = []
    for (let index = this.#first; index < this.#known && this.#sent(index) <= firstAnswer; index += 1) {
      if (this.#isPlaced[index] === 1) continue
      answered.push(index)
      firstAnswer = Math.min(firstAnswer, this.#answered(index))
    }
    const unheard: number[] = []
    for (
      let index = this.#known;
      index < this.sorted.length && this.#sent(index) <= firstAnswer;
      index += 1
    ) {
      if (this.#isPlaced[index] === 0) unheard.push(index)
    }
    return [
      ...answered
        .filter((index) => this.#sent(index) <= firstAnswer)
        .sort((a, b) => this.#answered(a) - this.#answered(b)),
      ...unheard.reverse(),
    ]
  }

  text(): string {
    const beyond: number[] = []
    for (let index = this.#first; index <= this.#last; index += 1) {
      if (this.#isPlaced[index] === 1) beyond.push(index)
    }
    for (let index = this.#known; index < this.sorted.length; index += 1) {
      if (this.#isPlaced[index] === 1) beyond.push(index)
    }
    return `${this.#first}:${beyond.join()}`
  }

  #sent(index: number): number {
    return this.sorted[index]?.sent ?? 0
  }

  #answered(index: number): number {
    return this.sorted[index]?.answered ?? 0
  }
}
