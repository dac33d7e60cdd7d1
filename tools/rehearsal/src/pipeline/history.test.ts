import { artifactsOf, rollbackTarget, variablesOf } from './history.ts'

const execution = (id: string, status: string, executionType = 'STANDARD') =>
  ({ pipelineExecutionId: id, status, executionType }) as const

test('the second of two bad releases in a row goes back to what was released, not to the rollback', () => {
  const executions = [
    execution('bad again', 'InProgress'),
    execution('back', 'Succeeded', 'ROLLBACK'),
    execution('bad', 'Failed'),
    execution('good', 'Succeeded'),
  ]

  // Their words are the API's.
  expect(rollbackTarget(executions as Parameters<typeof rollbackTarget>[0], 'bad again')).toBe('good')
})

test('before the first release there is nothing to go back to', () => {
  expect(rollbackTarget([], 'first')).toBeUndefined()
})

test('what actions handed over and told is found by its name', () => {
  const told = {
    told: { pipelineExecutionId: 'e1' },
    actions: [
      { output: { outputArtifacts: [{ name: 'source', s3location: { bucket: 'b', key: 'k' } }] } },
      { input: { namespace: 'Image' }, output: { outputVariables: { IMAGE_TAG: 'c1' } } },
    ],
  }

  expect(artifactsOf(told).get('source')).toEqual({ bucket: 'b', key: 'k' })
  expect(variablesOf(told)).toEqual({ Image: { IMAGE_TAG: 'c1' } })
})
