import { type Name, synthesise } from '../test/synthesise.ts'

interface LifecycleRule {
  readonly rulePriority: number
  readonly selection: {
    readonly tagStatus: 'tagged' | 'untagged'
    readonly tagPatternList?: readonly string[]
    readonly countType: string
    readonly countNumber: number
  }
}

type Image = readonly string[]

function rulesOf(name: Name): readonly LifecycleRule[] {
  return JSON.parse(String(synthesise(name).one('aws_ecr_lifecycle_policy')['policy'])).rules
}

/**
 * What ECR expires of images, which come newest first, by their tags. AWS: all rules look at all images, and an image
 * that matches the tags of a rule is never expired by one of lower priority.
 */
function expired(rules: readonly LifecycleRule[], images: readonly Image[]): readonly Image[] {
  const matched = new Set<Image>()
  return rules.flatMap(({ selection: { tagStatus, tagPatternList = [], countType, countNumber } }) => {
    const patterns = tagPatternList.map((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`))
    const found = images.filter((tags) =>
      tagStatus === 'untagged'
        ? tags.length === 0
        : tags.length > 0 && patterns.every((pattern) => tags.some((tag) => pattern.test(tag))),
    )
    // What has no tag goes by its days, which these images have.
    const beyond = countType === 'imageCountMoreThan' ? found.slice(countNumber) : found
    const gone = beyond.filter((image) => !matched.has(image))
    for (const image of found) matched.add(image)
    return gone
  })
}

const released = (index: number): Image => [`commit${index}`, `in-use-tree${index}-commit${index}`]
const tried = (index: number): Image => [`tried${index}`]

test.each([
  ['dev', 10, true],
  ['staging', 30, true],
  ['prod', 50, false],
] as const)('%s keeps %d images; a destroy takes them along: %p', (name, images, force) => {
  const rules = rulesOf(name)
  const all = Array.from({ length: images + 5 }, (_, index) => released(index))

  expect(rules.map(({ rulePriority }) => rulePriority)).toEqual([1, 2, 3])
  expect(expired(rules, all)).toEqual(all.slice(images))
  expect(synthesise(name).one('aws_ecr_repository')).toMatchObject({
    image_tag_mutability: 'IMMUTABLE',
    image_scanning_configuration: { scan_on_push: true },
    force_delete: force,
  })
})

test('what was released stays, whatever is built after it; what has no tag goes', () => {
  const attempts = Array.from({ length: 12 }, (_, index) => tried(index))
  const releases = Array.from({ length: 8 }, (_, index) => released(index))
  const untagged: Image = []

  expect(expired(rulesOf('dev'), [...attempts, untagged, ...releases])).toEqual([
    untagged,
    ...attempts.slice(10),
  ])
})

test('no image is in use at first, and a plan never puts that back', () => {
  expect(synthesise('prod').one('aws_ssm_parameter')).toMatchObject({
    name: '/cartwright-prod/release',
    insecure_value: 'none',
    lifecycle: { ignore_changes: ['insecure_value'] },
  })
})
