import type { ECS, Task } from '@aws-sdk/client-ecs'
import { nameOf } from './revisions.ts'
import type { ServicePlace } from './service.ts'

/** DescribeTasks takes no more. */
const MOST = 100

/**
 * Why tasks of a revision stopped that were not asked to, each reason once; ECS remembers them for an hour.
 *
 * @returns how many there are, and a line for each reason
 */
export async function findStopped(
  ecs: ECS,
  { cluster, service }: ServicePlace,
  revision: string,
): Promise<{ readonly count: number; readonly reasons: readonly string[] }> {
  const { taskArns = [] } = await ecs.listTasks({
    cluster,
    serviceName: service,
    desiredStatus: 'STOPPED',
    maxResults: MOST,
  })
  if (taskArns.length === 0) return { count: 0, reasons: [] }
  const { tasks = [] } = await ecs.describeTasks({ cluster, tasks: taskArns })
  const failed = tasks.filter((task) => task.taskDefinitionArn === revision && isFailure(task))
  const reasons = new Set(failed.map((task) => `  a task of ${nameOf(revision)} stopped: ${reasonOf(task)}`))
  return { count: failed.length, reasons: [...reasons] }
}

/** ECS itself stops tasks that are too many, or that are replaced. */
export function isFailure({ stopCode, stoppedReason = '' }: Task): boolean {
  return stopCode !== undefined && !stoppedReason.startsWith('Scaling activity')
}

export function reasonOf({ stopCode, stoppedReason, containers = [] }: Task): string {
  const ends = containers.flatMap(({ name, exitCode, reason }) => {
    if (exitCode === undefined && reason === undefined) return []
    const how = exitCode === undefined ? 'did not run' : `exited with ${exitCode}`
    return [`container ${name} ${how}${reason === undefined ? '' : ` (${reason})`}`]
  })
  return [`${stopCode}: ${stoppedReason}`, ...ends].join('; ')
}
