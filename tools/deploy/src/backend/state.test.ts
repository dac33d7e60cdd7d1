import { DeployProblem } from '../problem.ts'
import { resourcesIn } from './state.ts'

const resource = (mode: string, more: object = {}) => ({ mode, type: 'aws_vpc', name: 'it', ...more })

test('what was made counts, what was only looked up does not', () => {
  const resources = [
    resource('managed', { instances: [{}] }),
    resource('managed', { instances: [{}], module: 'module.inner' }),
    resource('managed', { instances: [] }),
    resource('data', { instances: [{}] }),
  ]

  const found = resourcesIn(JSON.stringify({ version: 4, resources }), 'states/dev.tfstate')

  expect(found).toEqual(['aws_vpc.it', 'module.inner.aws_vpc.it'])
})

test.each(['', 'null', '{}', '{"resources": {}}'])('%j is not taken for an empty state', (text) => {
  expect(() => resourcesIn(text, 'states/dev.tfstate')).toThrow(DeployProblem)
})
