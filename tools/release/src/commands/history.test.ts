import { abandonedBy, releaseBefore } from './history.ts'

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
  ['a rollback that was killed before its end leads on, not back again', 'none a b c b', now('b'), 'a'],
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
  ['what ran, where it has no revision any more', 'none b b', 'a', now('b'), [3, 2]],
])('a rollback takes out of use: %s', (_, tags, tag, situation, numbers) => {
  const abandoned = abandonedBy(history(tags), tag, situation)

  expect(abandoned.map(({ arn }) => arn)).toEqual(numbers.map((number) => `task-definition/shop:${number}`))
})
