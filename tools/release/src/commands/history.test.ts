import { abandonedBy, isInDoubt, leftBy, releaseBefore } from './history.ts'

const image = (tag: string) => `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:${tag}`
/** Revisions as they were registered, `a b c`; told with the newest first. */
const history = (tags: string) =>
  tags
    .split(' ')
    .map((tag, index) => ({ arn: `task-definition/shop:${index + 1}`, image: image(tag) }))
    .toReversed()
const now = (inUse: string | undefined, runs = inUse ?? 'none') => ({
  inUse,
  runs: { arn: 'task-definition/shop:9', image: image(runs) },
})

test.each([
  ['the one before', 'none a b c', now('c'), 'b'],
  ['changed settings are no release', 'none a b b c c', now('c'), 'b'],
  ['after a rollback, the one before that', 'none a b b', now('b'), 'a'],
  ['a rollback that was killed before ECS knew of it', 'none a b a', now('b'), 'a'],
  ['what never was in use is passed over', 'none a bad c', now('c'), 'a'],
  ['what runs was never proven: the one that was', 'none a b c', now('b', 'c'), 'b'],
  ['nothing before the first', 'none a', now('a'), undefined],
  ['nothing before there is any', 'none', now(undefined), undefined],
])('%s', (_, tags, situation, before) => {
  expect(releaseBefore(history(tags), situation, new Set(['a', 'b', 'c']))).toBe(before)
})

test.each([
  ['the one that was left', 'none a b c', 'b', now('c'), [4]],
  ['all that came after it', 'none a b c', 'a', now('c'), [4, 3]],
  ['nothing of its own', 'none a b b c', 'b', now('c'), [5]],
  ['between its own', 'none b a b c', 'b', now('c'), [5, 3]],
  ['a rollback that is ended by its tag', 'none a b a', 'a', now('b', 'a'), [3]],
  ['what ran, where it has no revision any more', 'none b b', 'a', now('b'), [3, 2]],
])('a rollback takes out of use: %s', (_, tags, tag, situation, numbers) => {
  const abandoned = abandonedBy(history(tags), tag, situation)

  expect(abandoned.map(({ arn }) => arn)).toEqual(numbers.map((number) => `task-definition/shop:${number}`))
})

test.each([
  ['what was in use runs instead of what is', now('b', 'a'), true],
  ['what never was in use runs', now('b', 'bad'), false],
  ['what is in use runs', now('b'), false],
  ['nothing is in use yet', now(undefined, 'a'), false],
])('it is in doubt what a rollback is to leave: %s', (_, situation, expected) => {
  expect(isInDoubt(situation, new Set(['a', 'b', 'c']))).toBe(expected)
})

test.each([
  ['killed when it had succeeded', 'none a b a', 'a', 4, [3]],
  ['with what never was in use left alone', 'none a bad b a', 'a', 5, [4]],
  ['killed before ECS knew of it', 'none a b a', 'b', 3, []],
  ['ended', 'none a a', 'a', 3, []],
  ['none was begun', 'none a b', 'b', 3, []],
  ['only settings were changed after a release that failed', 'none a bad a', 'a', 4, []],
])('a rollback was going to leave: %s', (_, tags, tag, number, numbers) => {
  const situation = { inUse: tag, runs: { arn: `task-definition/shop:${number}`, image: image(tag) } }

  const left = leftBy(history(tags), situation, new Set(['a', 'b', 'c']))

  expect(left.map(({ arn }) => arn)).toEqual(numbers.map((one) => `task-definition/shop:${one}`))
})
