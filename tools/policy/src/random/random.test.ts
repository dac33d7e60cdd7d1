import { readFileSync } from 'node:fs'
import path from 'node:path'
import { judge } from '../judge.ts'
import { RULES } from '../rules/index.ts'
import { type Complete, completeStacks } from '../test/stacks.ts'
import { KINDS } from './kinds.ts'
import type { Mutation } from './mutation.ts'
import { outcomeOf } from './outcome.ts'
import { said, tableOf } from './table.ts'
import { COUNT, chosen, SEED, type Tried, tried } from './tried.ts'

let complete: Complete
let all: readonly Tried[]

beforeAll(async () => {
  complete = await completeStacks()
  all = tried(complete, SEED, COUNT)
})

test(`each of ${COUNT} mutations (seed ${SEED}) is found, or it is known why it is not`, () => {
  const missed = all.filter(({ outcome }) => outcome.is === 'missed')

  expect(missed.map((one) => `${one.mutation.kind}: ${said(one)}`)).toEqual([])
})

test('most of them end npm run policy', () => {
  const stopped = all.filter(({ outcome }) => outcome.is === 'found' || outcome.is === 'stale')

  expect(stopped.length).toBeGreaterThan(all.length * 0.85)
})

test('there are hundreds, of every kind and in every stack', () => {
  expect(all.length).toBeGreaterThanOrEqual(240)
  expect(new Set(all.map(({ mutation }) => mutation.kind))).toEqual(new Set(KINDS.map(({ id }) => id)))
  expect(new Set(all.map(({ mutation }) => mutation.stack))).toEqual(
    new Set(complete.stacks.map(({ name }) => name)),
  )
})

test('a seed makes the same mutations again, another seed others', () => {
  const lines = (seed: number) =>
    chosen(complete.stacks, seed, 20).map((mutation) => `${mutation.kind} ${said({ mutation })}`)

  expect(lines(1)).toEqual(lines(1))
  expect(lines(1)).not.toEqual(lines(2))
})

test('what changes nothing that a rule looks at is missed, and a reason holds for nothing else', () => {
  const [stack] = complete.stacks
  if (stack === undefined) throw new Error('there are no stacks')
  const mutation: Mutation = {
    kind: 'nothing',
    stack: stack.name,
    type: 'aws_vpc',
    path: 'network/vpc',
    what: 'a comment',
    change: (json) => {
      json['//'] = 'a comment'
    },
  }

  const known = {
    before: judge([stack], RULES, complete.exceptions),
    others: [],
    exceptions: complete.exceptions,
  }

  expect(outcomeOf(mutation, stack, known)).toEqual({ is: 'missed' })
})

test('docs/reference/policy.md has the table of this seed', () => {
  const page = path.join(import.meta.dirname, '../../../../docs/reference/policy.md')

  expect(readFileSync(page, 'utf8')).toContain(`\n${tableOf(all)}\n`)
})

test('the table counts every mutation once, and tells the share', () => {
  const table = tableOf(all)
  const sum = /^\| \*\*all\*\* \|(.*)\|$/m.exec(table)?.[1] ?? ''
  const [made, ...counts] = sum.split('|').map(Number)

  expect(table).toMatch(/^Of \d+ mutations \d+ end `npm run policy`: \d+ %\.$/m)
  expect(made).toBe(COUNT)
  expect(counts.reduce((one, other) => one + other, 0)).toBe(COUNT)
  expect(KINDS.filter(({ id }) => !table.includes(`| ${id} | `))).toEqual([])
})
