import { errorsIn, readSaid, shownErrors, shownSummary } from './said.ts'

const error = (more: object) =>
  JSON.stringify({ type: 'diagnostic', diagnostic: { severity: 'error', ...more } })

test('what is not a whole line of Terraform’s is nothing', () => {
  expect(readSaid('Initializing the backend...')).toBeUndefined()
  expect(readSaid('{"type":"apply_comp')).toBeUndefined()
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
