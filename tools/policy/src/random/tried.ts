import type { StackJson } from '@cartwright/infra/stack-json'
import { judge } from '../judge.ts'
import { RULES } from '../rules/index.ts'
import type { Draft } from '../test/drafts.ts'
import type { Complete } from '../test/stacks.ts'
import { KINDS } from './kinds.ts'
import { type Mutation, mutationsOf } from './mutation.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

/** The mutations of the table in the documentation. */
export const SEED = 20_261_122
export const COUNT = 250

/** A mutation and what became of it. */
export interface Tried {
  readonly mutation: Mutation
  readonly outcome: Outcome
}

/** Mutations of a seed, and what the rules say of each. */
export function tried({ stacks, exceptions }: Complete, seed: number, count: number): readonly Tried[] {
  const judged = stacks.map((stack) => ({ stack, before: judge([stack], RULES, exceptions) }))
  return chosen(stacks, seed, count).map((mutation) => {
    const own = judged.find(({ stack }) => stack.name === mutation.stack)
    if (own === undefined) throw new Error(`there is no stack ${mutation.stack}`)
    const others = judged.flatMap((one) => (one === own ? [] : [one.before]))
    return { mutation, outcome: outcomeOf(mutation, own.stack, { before: own.before, others, exceptions }) }
  })
}

/** So many mutations, none twice: of each kind about as many, wherever in any stack it can be made. */
export function chosen(stacks: readonly StackJson[], seed: number, count: number): readonly Mutation[] {
  const random = mulberry32(seed)
  // Read only: each mutation changes a copy.
  const all = stacks.flatMap((stack) => mutationsOf(stack.name, stack.json as Draft, KINDS))
  const texts = new Map(stacks.map(({ name, json }) => [name, JSON.stringify(json)]))
  /** Whether a stack is another one afterwards: what is off already cannot be switched off. */
  const changesSomething = ({ stack, change }: Mutation): boolean => {
    const text = texts.get(stack) ?? ''
    const copy = JSON.parse(text)
    change(copy)
    return JSON.stringify(copy) !== text
  }
  const left = KINDS.map(({ id }) => all.filter(({ kind }) => kind === id))
  const taken: Mutation[] = []
  while (taken.length < count) {
    const open = left.filter((kind) => kind.length > 0)
    if (open.length === 0) throw new Error(`there are only ${taken.length} mutations`)
    const kind = open[Math.floor(random() * open.length)] ?? []
    const [mutation] = kind.splice(Math.floor(random() * kind.length), 1)
    if (mutation !== undefined && changesSomething(mutation)) taken.push(mutation)
  }
  return taken
}

/** Numbers from 0 to below 1, the same for the same seed (Tommy Ettinger's mulberry32, in the public domain). */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
