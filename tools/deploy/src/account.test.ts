import type { Environment } from '@cartwright/environments'
import { environmentsOf } from './account.ts'
import { DeployProblem } from './problem.ts'

// Nothing else is read.
const environment = (name: string, accountId?: string) => ({ name, accountId }) as Environment

test('an account holds the environments that name it, and those that name none', () => {
  const environments = [environment('dev'), environment('staging', '1'), environment('prod', '2')]

  expect(environmentsOf('1', environments).map(({ name }) => name)).toEqual(['dev', 'staging'])
})

test('an account that no environment wants is refused, with those that are wanted', () => {
  const environments = [environment('staging', '1'), environment('prod', '2')]

  expect(() => environmentsOf('3', environments)).toThrow(
    new DeployProblem('the credentials are of account 3; wanted: 1 (staging), 2 (prod)'),
  )
})
