import { matches, type ServiceEvent, transformed } from './events.ts'

const EVENT: ServiceEvent = {
  source: 'aws.codepipeline',
  'detail-type': 'CodePipeline Stage Execution State Change',
  time: '2026-01-02T03:04:05Z',
  detail: { pipeline: 'shop', stage: 'Deploy', state: 'FAILED', 'execution-id': 'e1' },
}

test.each([
  [{ source: ['aws.codepipeline'], detail: { stage: ['Deploy'], state: ['FAILED', 'STOPPED'] } }, true],
  [{ source: ['aws.codepipeline'], detail: { stage: ['Build'] } }, false],
  [{ source: ['aws.ecs'] }, false],
  [{ detail: { stage: [{ prefix: 'Dep' }] } }, false],
  [{ detail: { stage: { name: ['Deploy'] } } }, false],
  [{}, false],
])('%j matches: %p', (pattern, expected) => {
  expect(matches(pattern, EVENT)).toBe(expected)
})

test('a template is filled from the event', () => {
  const paths = { execution: '$.detail.execution-id', time: '$.time', none: '$.detail.no.such' }

  expect(transformed('{"id":"<execution>","at":"<time>","x":"<none>","y":"<other>"}', paths, EVENT)).toBe(
    '{"id":"e1","at":"2026-01-02T03:04:05Z","x":"","y":"<other>"}',
  )
})
