import type { CartInput, CartOutput } from '../cart-specification.ts'
import { checkLinearizability, type Operation } from '../linearizability.ts'
import { type ShownInput, type ShownOperation, weakenedSpecification } from './weakened.ts'

/** How far one history on the way is looked through: enough for short ones, and what is not decided is not used. */
const MOST_STATES = 50_000
/** After how many milliseconds what has been reached is told. */
const PATIENCE = 10_000

/**
 * A shorter history that cannot be explained either, and whose impossibility implies that of the given one.
 *
 * Every step makes a history H into an H' of which holds: an order that explains H gives one that explains H'. So H'
 * without an explanation leaves H without one. Each step says why in its comment; `shrink.test.ts` tries each of them on
 * generated histories that can be explained. A step is taken only if the search has shown H' to be impossible.
 *
 * What would be wrong: to leave out an operation of unknown outcome (it may be what explains a later answer), or an
 * answered change (everything after it rests on it). Neither is done, but where {@link endFrom} and {@link onlyCart} show
 * that they cannot matter.
 *
 * @returns `undefined` where nothing shorter was shown to be impossible, which says nothing about the history itself
 */
export function shrink(
  history: readonly Operation<CartInput, CartOutput>[],
): readonly ShownOperation[] | undefined {
  const deadline = performance.now() + PATIENCE
  const isImpossible = (operations: readonly ShownOperation[]): boolean =>
    performance.now() < deadline &&
    checkLinearizability(operations, weakenedSpecification, { states: MOST_STATES, deadline }).kind ===
      'impossible'

  // One cart from the whole history, not from its shortest beginning: a merge is known better by its answer.
  const alone = [...new Set(history.map(({ input }) => input.cart))]
    .map((cart) => onlyCart(history, cart))
    .filter(isImpossible)
  const whole = alone.length > 0 ? alone : connected(history, isImpossible)
  return whole
    .map((one) =>
      withoutWatching(shortestEnd(shortestBeginning(one, isImpossible), isImpossible), isImpossible),
    )
    .toSorted((a, b) => a.length - b.length)[0]
}

/** Judges whether a history certainly cannot be explained. */
type IsImpossible = (operations: readonly ShownOperation[]) => boolean

/** The shortest beginning that cannot be explained; found by halving, as a longer one cannot either. */
function shortestBeginning<Input extends ShownInput>(
  operations: readonly Operation<Input, CartOutput>[],
  isImpossible: IsImpossible,
): readonly Operation<Input, CartOutput>[] {
  const answers = operations
    .map(({ answered }) => answered)
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  let from = 0
  let to = answers.length - 1
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (isImpossible(beginningUntil(operations, answers[middle] ?? 0))) to = middle
    else from = middle + 1
  }
  const shortest = beginningUntil(operations, answers[to] ?? 0)
  return isImpossible(shortest) ? shortest : operations
}

/**
 * What was known at that moment: what was sent later is left out, what was answered later counts as unanswered.
 *
 * Of an order that explains everything, take the beginning up to the last operation that was answered by then. Nothing
 * in it was sent later: it would stand before one that was answered before it was sent. What is in it and was answered
 * later has happened, though nobody knows yet; what of that is not in it has not happened yet.
 */
export function beginningUntil<Input>(
  operations: readonly Operation<Input, CartOutput>[],
  moment: number,
): readonly Operation<Input, CartOutput>[] {
  return operations
    .filter(({ sent }) => sent <= moment)
    .map((operation) => (operation.answered <= moment ? operation : unheard(operation)))
}

/** With an answer forgotten: the order that explained it explains the operation without it. */
function unheard<Input>(operation: Operation<Input, CartOutput>): Operation<Input, CartOutput> {
  return { ...operation, output: undefined, answered: Number.POSITIVE_INFINITY }
}

/**
 * What happened to one cart. Carts meet in merges only, so an order that explains all of them, with the others' steps left
 * out, explains this one, as long as a merge is allowed to do here whatever it may have done: as a source the cart is
 * emptied if it had lines; as a target it gets what the answer shows, as long as nothing becomes less; without an
 * answer, anything.
 */
export function onlyCart(
  operations: readonly Operation<CartInput, CartOutput>[],
  cart: string,
): readonly ShownOperation[] {
  const shown: ShownOperation[] = []
  for (const operation of operations) {
    const { input } = operation
    if (input.does !== 'merge') {
      if (input.cart === cart) shown.push(operation)
    } else if (input.cart === cart) {
      shown.push({ ...operation, input: { does: 'receive', cart, source: input.source } })
    } else if (input.source === cart) {
      shown.push({ ...operation, input: { does: 'give', cart, target: input.cart } })
    }
  }
  return shown
}

/** All carts, or those that merges connect, if the trouble is in them; nothing where that is not known. */
function connected(
  history: readonly Operation<CartInput, CartOutput>[],
  isImpossible: IsImpossible,
): (readonly Operation<CartInput, CartOutput>[])[] {
  if (!isImpossible(history)) return []
  // Merges that came too late to matter connect nothing.
  const operations = shortestBeginning(history, isImpossible)
  for (const { input } of operations) {
    const carts = new Set([input.cart])
    for (let before = 0; before < carts.size; ) {
      before = carts.size
      for (const { input: other } of operations) {
        if (other.does !== 'merge') continue
        if (carts.has(other.cart) || carts.has(other.source)) carts.add(other.cart).add(other.source)
      }
    }
    const some = operations.filter(({ input: other }) => carts.has(other.cart))
    if (some.length < operations.length && isImpossible(some)) return [some]
  }
  return [operations]
}

/** The latest adds, one to each cart, from which on the history cannot be explained. */
function shortestEnd(
  operations: readonly ShownOperation[],
  isImpossible: IsImpossible,
): readonly ShownOperation[] {
  for (const adds of latestAdds(operations)) {
    const end = endFrom(operations, adds)
    if (end !== undefined && isImpossible(end)) return end
  }
  return operations
}

/** The last answered add to each cart at each moment, from the end to the first moment at which each cart has one. */
export function latestAdds(operations: readonly ShownOperation[]): (readonly ShownOperation[])[] {
  const carts = new Set(operations.flatMap(({ input }) => cartsOf(input)))
  const adds = operations
    .filter(({ input, output }) => input.does === 'add' && output?.kind === 'cart')
    .toSorted((a, b) => b.answered - a.answered)
  return adds.flatMap((_, index) => {
    const latest = new Map<string, ShownOperation>()
    for (const add of adds.slice(index)) if (!latest.has(add.input.cart)) latest.set(add.input.cart, add)
    return latest.size === carts.size ? [[...latest.values()]] : []
  })
}

/**
 * The history from one answered add to each cart on, which left the cart at its version v as it was shown: what came
 * before is left out, and the cart is found so.
 *
 * An add always makes a new version and no order, so right after it the cart is what its answer shows. Versions never go
 * back: whatever showed an earlier one came before it and is left out, whatever shows v or a later one came after. What
 * shows no version (an order, a refusal, a merge away) came before it if it was answered before the add was sent, after
 * it if it was sent after its answer; in between nobody knows, so it counts as unanswered, which leaves it free to be
 * left out. What had no answer in the first place stays: if it came before the add, it is left out of the order.
 *
 * A merge of two carts that are both told of needs both as they were. So each merge must certainly have come before the
 * adds to both, and is left out, or certainly after both.
 *
 * @returns `undefined` where that is not so
 */
export function endFrom(
  operations: readonly ShownOperation[],
  adds: readonly ShownOperation[],
): readonly ShownOperation[] | undefined {
  const addTo = new Map(adds.map((add) => [add.input.cart, add]))
  const end: ShownOperation[] = []
  for (const operation of operations) {
    const { input, output, sent, answered } = operation
    const own = cartsOf(input).flatMap((cart) => addTo.get(cart) ?? [])
    const [add] = own
    if (add?.output?.kind !== 'cart' || own.length < cartsOf(input).length) return undefined
    const isBefore = own.every((other) => answered < other.sent)
    const isAfter = own.every((other) => sent > other.answered)
    if (operation === add) end.push({ ...operation, input: { does: 'found', cart: add.input.cart } })
    else if (input.does === 'merge') {
      if (!isBefore && !isAfter) return undefined
      if (isAfter) end.push(operation)
    } else if (output === undefined) end.push(operation)
    else if (output.kind === 'cart' && input.does !== 'give') {
      if (output.version >= add.output.version) end.push(operation)
    } else if (isAfter) end.push(operation)
    else if (!isBefore && !isWatching(operation)) end.push(unheard(operation))
  }
  return end
}

/** The carts that the operation needs to be known. */
function cartsOf(input: ShownInput): string[] {
  return input.does === 'merge' ? [input.cart, input.source] : [input.cart]
}

/**
 * Without what changed nothing, one after the other as far as that goes: an order that explains the history explains it
 * without a read, and without a refusal, which leave the cart as it was.
 */
function withoutWatching(
  operations: readonly ShownOperation[],
  isImpossible: IsImpossible,
): readonly ShownOperation[] {
  let left = operations
  for (const operation of operations) {
    if (!isWatching(operation)) continue
    const without = left.filter((other) => other !== operation)
    if (isImpossible(without)) left = without
  }
  return left
}

export function isWatching({ input, output }: ShownOperation): boolean {
  return input.does === 'read' || output?.kind === 'refused'
}
