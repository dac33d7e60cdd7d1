import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { type Environment, namesOf } from '@cartwright/environments'
import { DeployProblem } from '../problem.ts'
import { findService } from './service.ts'

/**
 * The alarms by which ECS undoes a deployment of the environment's service and which ring at the moment. ECS itself tells
 * which they are: before the first deploy there is none.
 */
export async function findRinging(environment: Environment): Promise<readonly string[]> {
  const service = await findService(environment)
  const { enable = false, alarmNames = [] } = service?.deploymentConfiguration?.alarms ?? {}
  if (!enable || alarmNames.length === 0) return []
  const client = new CloudWatchClient({ region: environment.region })
  try {
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: alarmNames }))
    return MetricAlarms.flatMap(({ AlarmName = '', StateValue }) =>
      StateValue === 'ALARM' ? [AlarmName] : [],
    )
  } finally {
    client.destroy()
  }
}

/**
 * ECS stops watching an alarm that rings already when a deployment starts: nothing would undo it.
 *
 * @throws {DeployProblem} where one rings
 */
export async function refuseWhileRinging(environment: Environment): Promise<void> {
  const ringing = await findRinging(environment)
  if (ringing.length === 0) return
  const are = ringing.length === 1 ? 'is' : 'are'
  throw new DeployProblem(
    `${ringing.join(', ')} ${are} in ALARM, and ECS does not watch what rings already when a deployment starts: nothing ` +
      `would undo a bad one of ${namesOf(environment).service}; wanted: the alarm's end, or --despite-alarms`,
  )
}
