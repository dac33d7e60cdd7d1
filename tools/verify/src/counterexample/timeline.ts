import type { CartOutput, Lines } from '../cart-specification.ts'
import { checkLinearizability } from '../linearizability.ts'
import { type ShownCart, type ShownInput, type ShownOperation, weakenedSpecification } from './weakened.ts'

/** How many operations are told, from the end; what stands before them can be explained. */
const MOST_LINES = 40
/** As in `shrink.ts`. */
const LIMITS = { states: 50_000 }

/**
 * A history that cannot be explained, for people: a line for each operation, by the time of its sending, and where every
 * explanation ends.
 *
 * ```
 * who         begin      end  what                            answer
 * client 2      0.0      3.1  add 2 olive-oil-crete to cart-a → v7: 2 olive-oil-crete
 * ```
 */
export function timeline(operations: readonly ShownOperation[]): string {
  const sorted = operations.toSorted((a, b) => a.sent - b.sent)
  const begin = sorted[0]?.sent ?? 0
  const shown = sorted.slice(-MOST_LINES)
  const rows = shown.map(({ by = '', input, output, sent, answered }) => ({
    who: by,
    begin: (sent - begin).toFixed(1),
    end: Number.isFinite(answered) ? (answered - begin).toFixed(1) : '…',
    asked: asked(input),
    answer: output === undefined ? 'no answer yet: it may have happened, or not' : `→ ${answer(output)}`,
  }))
  const heading = { who: 'who', begin: 'begin/ms', end: 'end/ms', asked: 'asked', answer: 'answered' }
  const table = [heading, ...rows]
  const width = (column: keyof typeof heading) => Math.max(...table.map((row) => row[column].length))
  const widths = { who: width('who'), begin: width('begin'), end: width('end'), asked: width('asked') }
  return [
    ...table.map((row) =>
      [
        row.who.padEnd(widths.who),
        row.begin.padStart(widths.begin),
        row.end.padStart(widths.end),
        row.asked.padEnd(widths.asked),
        row.answer,
      ].join('  '),
    ),
    ...(sorted.length > shown.length ? [`(${sorted.length - shown.length} earlier ones are not shown)`] : []),
    ending(sorted),
  ].join('\n')
}

/** Where every explanation ends. */
function ending(operations: readonly ShownOperation[]): string {
  const verdict = checkLinearizability(operations, weakenedSpecification, LIMITS)
  if (verdict.kind !== 'impossible') return 'no order of these operations explains all of their answers'
  const stuck = verdict.stuck.filter(({ output }) => output !== undefined)
  const carts = [...new Set(stuck.map(({ input }) => input.cart))]
  const states = carts.map((id) => `${id} at ${stateText(verdict.state[id])}`)
  return (
    `no order explains all answers: at best they lead to ${states.join(', ')}, ` +
    `and nothing explains ${stuck.map(told).join(' or ')} from there`
  )
}

function told({ by, input, output }: ShownOperation): string {
  const who = by === undefined ? '' : ` of ${by}`
  return `"${asked(input)}${output === undefined ? '' : ` → ${answer(output)}`}"${who}`
}

function asked(input: ShownInput): string {
  switch (input.does) {
    case 'read':
      return `read ${input.cart}`
    case 'add':
      return `add ${input.quantity} ${input.line} to ${input.cart}`
    case 'set':
      return `set ${input.line} of ${input.cart} to ${input.quantity}`
    case 'clear':
      return `clear ${input.cart}`
    case 'merge':
    case 'receive':
      return `merge ${input.source} into ${input.cart}`
    case 'checkout':
      return `check out ${input.cart}`
    case 'found':
      return `(an add left ${input.cart} so)`
    case 'give':
      return `merge ${input.cart} into ${input.target}`
  }
}

function answer(output: CartOutput): string {
  switch (output.kind) {
    case 'cart':
      return `v${output.version}: ${linesText(output.lines)}`
    case 'order':
      return `${output.isNew ? 'new' : 'the same'} order ${output.orderId.slice(0, 8)}: ${linesText(output.lines)}`
    case 'refused':
      return `refused: ${output.code}`
  }
}

function stateText(cart: ShownCart | undefined): string {
  if (cart === undefined) return 'v0: empty'
  const order = cart.orderId === undefined ? '' : ', checked out'
  return `v${cart.version}: ${typeof cart.lines === 'string' ? cart.lines : linesText(cart.lines)}${order}`
}

function linesText(lines: Lines): string {
  const texts = Object.entries(lines).sort(([a], [b]) => (a < b ? -1 : 1))
  return texts.length === 0 ? 'empty' : texts.map(([line, quantity]) => `${quantity} ${line}`).join(', ')
}
