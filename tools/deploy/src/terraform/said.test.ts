import { errorsIn, readSaid, resourceOf, shownErrors, shownSummary } from './said.ts'

const error = (more: object) =>
  JSON.stringify({ type: 'diagnostic', diagnostic: { severity: 'error', ...more } })

test('what is not a whole line of Terraform’s is nothing', () => {
  expect(readSaid('Initializing the backend...')).toBeUndefined()
  expect(readSaid('{"type":"apply_comp')).toBeUndefined()
})

test.each([
  ['that names its address', { address: 'aws_lb.balancer' }, 'aws_lb.balancer'],
  [
    'of a condition',
    { snippet: { context: 'resource.aws_ecs_service.api_1F.lifecycle.postcondition[0]' } },
    'aws_ecs_service.api_1F',
  ],
  ['of a provider', { snippet: { context: 'provider.aws' } }, undefined],
  ['without a place', { snippet: { context: null } }, undefined],
])('the resource of an error %s', (_what, said, resource) => {
  expect(resourceOf({ severity: 'error', summary: 'Resource postcondition failed', ...said })).toBe(resource)
})

test('errors are told with their resource, each once, and warnings not at all', () => {
  const twice = error({
    summary: 'creating bucket',
    detail: 'taken\nby another',
    address: 'aws_s3_bucket.it',
  })
  const warning = JSON.stringify({ diagnostic: { severity: 'warning', summary: 'deprecated' } })
  const said = [warning, twice, 'plain text', twice, error({ summary: 'no credentials' })].join('\n')

  expect(shownErrors(errorsIn(said))).toBe(
    'aws_s3_bucket.it: creating bucket\n  taken\n  by another\nno credentials',
  )
})

test.each([
  [{ add: 1, change: 2, remove: 3, import: 0 }, '1 to add, 2 to change, 3 to destroy'],
  [{ add: 0, change: 0, remove: 0, import: 4 }, '4 to import, 0 to add, 0 to change, 0 to destroy'],
])('%j is "%s"', (changes, summary) => {
  expect(shownSummary(`{"type":"version"}\n${JSON.stringify({ type: 'change_summary', changes })}\n`)).toBe(
    summary,
  )
})
