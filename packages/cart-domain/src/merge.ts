import { type Line, type LineKey, sameLine } from './cart.ts'
import type { Limits, MergeStrategy } from './commands.ts'
import type { EpochMs } from './ids.ts'

/** A line that did not fit whole. */
export interface CappedLine extends LineKey {
  /** The quantity before the limit. */
  readonly asked: number
  readonly kept: number
}

/** A line that did not fit at all. */
export interface LeftOutLine extends LineKey {
  readonly quantity: number
}

/** What a merge did, besides the cart that came of it. */
export interface MergeReport {
  readonly strategy: MergeStrategy
  readonly capped: readonly CappedLine[]
  readonly leftOut: readonly LeftOutLine[]
}

/**
 * The target's lines with the source's merged in, the target's order first. Limits hold, and what did not fit
 * is reported. `sum` and `max` never shrink a line of the target, even one made before the limit was lowered.
 *
 * A line that is taken over whole keeps its times; one whose quantity the merge changed gets `now`, and the
 * price of whichever side was changed last.
 */
export function mergeLines(
  target: readonly Line[],
  source: readonly Line[],
  strategy: MergeStrategy,
  limits: Limits,
  now: EpochMs,
): { readonly lines: readonly Line[]; readonly report: MergeReport } {
  const lines = [...target]
  const capped: CappedLine[] = []
  const leftOut: LeftOutLine[] = []

  const cap = (key: LineKey, asked: number, floor: number): number => {
    const kept = Math.max(floor, Math.min(asked, limits.maxLineQuantity))
    if (kept < asked) capped.push({ ...lineKey(key), asked, kept })
    return kept
  }

  const fitted = (incoming: Line): Line => {
    const quantity = cap(incoming, incoming.quantity, 0)
    return quantity === incoming.quantity ? incoming : { ...incoming, quantity, changedAt: now }
  }

  for (const incoming of source) {
    const at = lines.findIndex((line) => sameLine(line, incoming))
    const present = lines[at]
    if (present === undefined) {
      if (lines.length >= limits.maxLines) {
        leftOut.push({ ...lineKey(incoming), quantity: incoming.quantity })
        continue
      }
      lines.push(fitted(incoming))
      continue
    }
    const newer = incoming.changedAt > present.changedAt ? incoming : present
    switch (strategy) {
      case 'keep-target':
        break
      case 'last-write-wins':
        if (newer === incoming) lines[at] = { ...fitted(incoming), addedAt: present.addedAt }
        break
      case 'sum':
      case 'max': {
        const asked =
          strategy === 'sum'
            ? present.quantity + incoming.quantity
            : Math.max(present.quantity, incoming.quantity)
        const kept = cap(incoming, asked, present.quantity)
        if (kept !== present.quantity) {
          lines[at] = { ...present, quantity: kept, unitPrice: newer.unitPrice, changedAt: now }
        }
        break
      }
    }
  }
  return { lines, report: { strategy, capped, leftOut } }
}

/** Only what identifies the line. */
export function lineKey(line: LineKey): LineKey {
  return line.variant === undefined
    ? { productId: line.productId }
    : { productId: line.productId, variant: line.variant }
}
