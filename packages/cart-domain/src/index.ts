/**
 * Carts, lines, money, commands, events and errors: the rules of Cartwright, and nothing else. Pure: no clock, no
 * randomness, no import from outside this folder.
 */
export * from './cart.ts'
export * from './commands.ts'
export * from './decide.ts'
export * from './errors.ts'
export * from './events.ts'
export * from './ids.ts'
export type { CappedLine, LeftOutLine, MergeReport } from './merge.ts'
export * from './money.ts'
export * from './order.ts'
