import { synthesise } from '../test/synthesise.ts'

interface LifecycleRule {
  readonly rulePriority: number
  readonly selection: { readonly tagPatternList?: readonly string[]; readonly countNumber: number }
}

test.each([
  ['dev', 10, true],
  ['staging', 30, true],
  ['prod', 50, false],
] as const)('%s keeps %d images; a destroy takes them along: %p', (name, images, force) => {
  const stack = synthesise(name)
  const { rules }: { rules: readonly LifecycleRule[] } = JSON.parse(
    String(stack.one('aws_ecr_lifecycle_policy')['policy']),
  )

  expect(rules.at(-1)).toMatchObject({ selection: { tagPatternList: ['*'], countNumber: images } })
  // AWS: an image that matches the tags of a rule is never expired by one of lower priority.
  expect(rules[0]).toMatchObject({
    rulePriority: 1,
    selection: { tagPatternList: ['in-use-*'], countNumber: 6 },
  })
  expect(stack.one('aws_ecr_repository')).toMatchObject({
    image_tag_mutability: 'IMMUTABLE',
    image_scanning_configuration: { scan_on_push: true },
    force_delete: force,
  })
})

test('no image is in use at first, and a plan never puts that back', () => {
  expect(synthesise('prod').one('aws_ssm_parameter')).toMatchObject({
    name: '/cartwright-prod/release',
    insecure_value: 'none',
    lifecycle: { ignore_changes: ['insecure_value'] },
  })
})
