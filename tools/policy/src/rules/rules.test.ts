import type { StackJson } from '@cartwright/infra/stack-json'
import { judge } from '../judge.ts'
import { resourcesOf } from '../test/drafts.ts'
import { type Complete, changed, completeStacks } from '../test/stacks.ts'
import { BROKEN } from './broken.ts'
import { RULES } from './index.ts'

let complete: Complete

beforeAll(async () => {
  complete = await completeStacks()
})

test('every rule has a mutation, and every mutation a rule', () => {
  expect(Object.keys(BROKEN).toSorted()).toEqual(RULES.map(({ id }) => id).toSorted())
})

test('no two rules have the same id', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length)
})

test('nothing is found in the stacks as they are', () => {
  const { findings } = judge(complete.stacks, RULES, complete.exceptions)

  expect(
    findings.map(({ rule, resource, at }) => `${rule.id} ${resource.stack} ${resource.path} ${at}`),
  ).toEqual([])
})

/** What stands somewhere where nobody expects it: a module's value, a reference, a slip. */
const ODD = ['no JSON', 'null', '{}', '${local.odd}', 3, [], {}, [['one']]]

test.each(ODD)('no rule crashes where an attribute is %j', (odd) => {
  const longest = Math.max(
    ...complete.stacks.flatMap(({ resources }) => resources.map(({ block }) => Object.keys(block).length)),
  )
  for (let index = 0; index < longest; index += 1) {
    const stacks = changed(complete.stacks, 'staging', (json) => {
      for (const { block } of resourcesOf(json)) {
        const name = Object.keys(block)[index]
        if (name !== undefined && name !== '//') block[name] = odd
      }
    })

    expect(() =>
      judge(
        stacks.filter(({ name }) => name === 'staging'),
        RULES,
        [],
      ),
    ).not.toThrow()
  }
})

test.each(RULES)('$id finds its breach, and nothing before it', (rule) => {
  const broken = BROKEN[rule.id]
  if (broken === undefined) throw new Error(`${rule.id} has no mutation`)
  const stacks = complete.stacks.filter(({ name }) => name === broken.stack)
  const foundIn = (some: readonly StackJson[]) =>
    judge(some, [rule], [])
      .findings.filter(({ resource }) => resource.path === broken.at)
      .map(({ at, seen }) => `${at} is ${seen}`)

  const before = foundIn(stacks)
  const after = foundIn(changed(stacks, broken.stack, broken.change))

  expect(after.filter((one) => !before.includes(one))).not.toEqual([])
})
