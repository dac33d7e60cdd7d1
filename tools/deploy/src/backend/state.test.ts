import { DeployProblem } from '../problem.ts'
import { readState } from './state.ts'

const resource = (mode: string, more: object = {}) => ({ mode, type: 'aws_vpc', name: 'it', ...more })

test('what was made counts, what was only looked up does not', () => {
  const resources = [
    resource('managed', { instances: [{}] }),
    resource('managed', { instances: [{}], module: 'module.inner' }),
    resource('managed', { instances: [] }),
    resource('data', { instances: [{}] }),
  ]

  const found = readState(JSON.stringify({ version: 4, resources }), 'states/dev.tfstate')

  expect(found.resources.map(({ address }) => address)).toEqual(['aws_vpc.it', 'module.inner.aws_vpc.it'])
})

test.each(['', 'null', '{}', '{"resources": {}}'])('%j is not taken for an empty state', (text) => {
  expect(() => readState(text, 'states/dev.tfstate')).toThrow(DeployProblem)
})

test('attributes and outputs are told', () => {
  const resources = [resource('managed', { instances: [{ attributes: { id: 'vpc-1' } }] })]
  const outputs = { alb_url: { value: 'http://it', type: 'string' } }

  expect(readState(JSON.stringify({ resources, outputs }), 'states/dev.tfstate')).toEqual({
    outputs: { alb_url: 'http://it' },
    resources: [{ address: 'aws_vpc.it', type: 'aws_vpc', values: { id: 'vpc-1' } }],
  })
})
