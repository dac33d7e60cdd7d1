import { HealthHistory } from './health.ts'
import type { CheckResult } from './health-check.ts'

const well: CheckResult = { is: 'success' }
const late: CheckResult = { is: 'timeout' }
const wrong: CheckResult = { is: 'wrong-status', status: 503 }

function after(...results: CheckResult[]): HealthHistory {
  const history = new HealthHistory({ healthyThreshold: 3, unhealthyThreshold: 2 })
  for (const result of results) history.add(result)
  return history
}

test.each<[string, CheckResult[], string, string | undefined]>([
  ['nothing was checked yet', [], 'initial', 'Elb.RegistrationInProgress'],
  ['the first success makes it healthy', [well], 'healthy', undefined],
  ['a success after a first failure, too', [late, well], 'healthy', undefined],
  ['one failure leaves it where it was', [late], 'initial', 'Elb.InitialHealthChecking'],
  ['two in a row make it unhealthy', [late, wrong], 'unhealthy', 'Target.ResponseCodeMismatch'],
  ['a healthy one stands one failure', [well, late], 'healthy', undefined],
  ['failures with a success between them do not add up', [well, late, well, late], 'healthy', undefined],
  ['two in a row make a healthy one unhealthy', [well, wrong, late], 'unhealthy', 'Target.Timeout'],
  ['it stays so for two successes', [late, late, well, well], 'unhealthy', 'Target.Timeout'],
  ['and is healthy again after three in a row', [late, late, well, well, well], 'healthy', undefined],
  [
    'not after three with a failure among them',
    [late, late, well, well, late, well],
    'unhealthy',
    'Target.Timeout',
  ],
])('%s', (_, results, state, reason) => {
  expect(after(...results).health).toMatchObject({ state, ...(reason === undefined ? {} : { reason }) })
})

test('the codes that were seen are told as AWS words them', () => {
  expect(after(wrong, wrong).health.description).toBe('Health checks failed with these codes: [503]')
  expect(after(late, late).health.description).toBe('Request timed out')
  expect(after({ is: 'failure' }, { is: 'failure' }).health).toEqual({
    state: 'unhealthy',
    reason: 'Target.FailedHealthChecks',
    description: 'Health checks failed',
  })
})
