import type { Denial } from '@cartwright/local-aws'
import type { Clients } from '../clients/index.ts'
import type { Service, ServiceReport, TaskReport } from '../ecs/index.ts'
import type { TargetGroup } from '../load-balancer/index.ts'

export interface Evidence {
  readonly service: Service
  readonly report: ServiceReport
  readonly targetGroup: TargetGroup
  readonly denials: readonly Denial[]
  readonly logs: Clients['logs']
}

/** So many of a task's last lines are shown. */
const LINES = 5

/** What leads to the cause when tasks do not become healthy, the most telling first. */
export async function findCauses(evidence: Evidence): Promise<readonly string[]> {
  const { report, targetGroup, denials, service } = evidence
  return [
    ...deniedActions(denials),
    ...stoppedTasks(report),
    ...(await lastLines(evidence)),
    ...unhealthyTargets(targetGroup),
    ...lastEvents(report, service),
  ]
}

/** A missing permission is one, whether or not the API lived on without it. */
export function deniedActions(denials: readonly Denial[]): readonly string[] {
  return denials.map(
    ({ principal, action, resource, count }) =>
      `${principal} is not allowed to ${action} on ${resource} (refused ${count === 1 ? 'once' : `${count} times`}); wanted: a statement in its policy that allows it`,
  )
}

/** Whether a task has stopped because something was wrong with it. */
export function hasFailed({ stopCode, stoppedReason = '' }: TaskReport): boolean {
  return stopCode !== undefined && !stoppedReason.startsWith('Scaling activity')
}

function stoppedTasks({ tasks }: ServiceReport): readonly string[] {
  const reasons = new Map<string, number>()
  for (const task of tasks.filter(hasFailed)) {
    const { stopCode, stoppedReason, containers } = task
    const codes = containers.flatMap(({ name, exitCode }) =>
      exitCode === undefined ? [] : [`container ${name} exited with ${exitCode}`],
    )
    const said = [`${stopCode}: ${stoppedReason}`, ...codes].join('; ')
    reasons.set(said, (reasons.get(said) ?? 0) + 1)
  }
  return [...reasons].map(([said, count]) => `${count === 1 ? 'a task' : `${count} tasks`} stopped: ${said}`)
}

/** Of the newest task that has stopped, or else of the newest one: warnings and errors, where there are any. */
export async function lastLines({
  report,
  service,
  logs,
}: Pick<Evidence, 'report' | 'service' | 'logs'>): Promise<readonly string[]> {
  const newest = report.tasks.toSorted((one, other) => other.createdAt - one.createdAt)
  const task = newest.find(({ lastStatus }) => lastStatus === 'STOPPED') ?? newest[0]
  const container = service.definition.containers.find(({ name }) => name === service.targetGroup?.container)
  if (task === undefined || container?.log === undefined) return []
  const id = task.taskArn.split('/').at(-1)
  const { events = [] } = await logs
    .getLogEvents({
      logGroupName: container.log.group,
      logStreamName: `${container.log.prefix}/${container.name}/${id}`,
      limit: 1000,
    })
    // A task that never started has no stream.
    .catch(() => ({ events: [] }))
  const lines = events.map(({ message = '' }) => message)
  const grave = lines.filter((line) => /"level":"?(warn|error|fatal|[456]0)\b/.test(line))
  return (grave.length > 0 ? grave : lines).slice(-LINES).map((line) => `task ${id} said: ${line}`)
}

function unhealthyTargets(targetGroup: TargetGroup): readonly string[] {
  const { name, healthCheck } = targetGroup.configuration
  return targetGroup
    .describeHealth()
    .filter(({ state }) => state === 'unhealthy')
    .map(
      ({ id, description }) =>
        `target ${id} is unhealthy: ${description}; target group ${name} asks GET ${healthCheck.path} and wants ${healthCheck.matcher}`,
    )
}

function lastEvents({ events }: ServiceReport, { name }: Service): readonly string[] {
  return events.slice(0, 3).map(({ message }) => `ECS says: ${message.replace(`(service ${name}) `, '')}`)
}
