import { RehearsalProblem } from '../problem.ts'
import type {
  CapacityShare,
  ContainerDefinition,
  HealthCheckSettings,
  LogSettings,
  RolloutSettings,
  Service,
  TargetGroupSettings,
  TaskDefinition,
} from './service.ts'

/** What is asked of ECS: the SDK's `ECS` client fits. */
export interface EcsApi {
  describeServices(input: { cluster: string; services: string[] }): Promise<{
    readonly services?: readonly ServiceAnswer[] | undefined
  }>
  describeTaskDefinition(input: { taskDefinition: string }): Promise<{
    readonly taskDefinition?: TaskDefinitionAnswer | undefined
  }>
}

/** The fields of DescribeServices that decide what runs (API reference: Service). */
export interface ServiceAnswer {
  readonly serviceArn?: string | undefined
  readonly serviceName?: string | undefined
  readonly clusterArn?: string | undefined
  readonly status?: string | undefined
  readonly taskDefinition?: string | undefined
  readonly desiredCount?: number | undefined
  readonly launchType?: string | undefined
  readonly healthCheckGracePeriodSeconds?: number | undefined
  readonly deployments?:
    | readonly { readonly id?: string | undefined; readonly status?: string | undefined }[]
    | undefined
  readonly deploymentConfiguration?:
    | {
        readonly minimumHealthyPercent?: number | undefined
        readonly maximumPercent?: number | undefined
        readonly deploymentCircuitBreaker?:
          | { readonly enable?: boolean | undefined; readonly rollback?: boolean | undefined }
          | undefined
      }
    | undefined
  readonly capacityProviderStrategy?:
    | readonly {
        readonly capacityProvider?: string | undefined
        readonly base?: number | undefined
        readonly weight?: number | undefined
      }[]
    | undefined
  readonly loadBalancers?:
    | readonly {
        readonly targetGroupArn?: string | undefined
        readonly containerName?: string | undefined
        readonly containerPort?: number | undefined
      }[]
    | undefined
  readonly networkConfiguration?:
    | { readonly awsvpcConfiguration?: { readonly subnets?: readonly string[] | undefined } | undefined }
    | undefined
}

/** The fields of DescribeTaskDefinition (API reference: TaskDefinition). */
export interface TaskDefinitionAnswer {
  readonly taskDefinitionArn?: string | undefined
  readonly family?: string | undefined
  readonly revision?: number | undefined
  readonly cpu?: string | undefined
  readonly memory?: string | undefined
  readonly taskRoleArn?: string | undefined
  readonly executionRoleArn?: string | undefined
  readonly containerDefinitions?: readonly ContainerAnswer[] | undefined
}

/** The fields of a container (API reference: ContainerDefinition). */
export interface ContainerAnswer {
  readonly name?: string | undefined
  readonly image?: string | undefined
  readonly essential?: boolean | undefined
  readonly entryPoint?: readonly string[] | undefined
  readonly command?: readonly string[] | undefined
  readonly environment?: readonly Pair[] | undefined
  readonly secrets?:
    | readonly { readonly name?: string | undefined; readonly valueFrom?: string | undefined }[]
    | undefined
  readonly portMappings?: readonly { readonly containerPort?: number | undefined }[] | undefined
  readonly stopTimeout?: number | undefined
  readonly healthCheck?:
    | {
        readonly command?: readonly string[] | undefined
        readonly interval?: number | undefined
        readonly timeout?: number | undefined
        readonly retries?: number | undefined
        readonly startPeriod?: number | undefined
      }
    | undefined
  readonly logConfiguration?:
    | {
        readonly logDriver?: string | undefined
        readonly options?: Readonly<Record<string, string>> | undefined
      }
    | undefined
  readonly ulimits?:
    | readonly {
        readonly name?: string | undefined
        readonly softLimit?: number | undefined
        readonly hardLimit?: number | undefined
      }[]
    | undefined
  readonly user?: string | undefined
  readonly readonlyRootFilesystem?: boolean | undefined
  readonly mountPoints?: readonly object[] | undefined
  readonly dependsOn?: readonly object[] | undefined
  readonly environmentFiles?: readonly object[] | undefined
  readonly linuxParameters?: { readonly initProcessEnabled?: boolean | undefined } | undefined
}

/** There is no such service, or no more. */
export class NoService extends RehearsalProblem {}

interface Pair {
  readonly name?: string | undefined
  readonly value?: string | undefined
}

/**
 * What is to run, from ECS alone.
 *
 * @throws {NoService} where there is none
 * @throws {RehearsalProblem} where it is of a kind that is not rehearsed
 */
export async function readService(
  api: EcsApi,
  { cluster, service }: { cluster: string; service: string },
): Promise<Service> {
  const { services = [] } = await api.describeServices({ cluster, services: [service] })
  const found = services.find(({ status }) => status !== 'INACTIVE')
  if (found === undefined) {
    throw new NoService(`ECS has no service ${service} in cluster ${cluster}; wanted: a deployed environment`)
  }
  const arn = wanted(found.serviceArn, 'serviceArn', service)
  const [, , , region = '', account = ''] = arn.split(':')
  const clusterArn = wanted(found.clusterArn, 'clusterArn', service)
  const targetGroup = targetGroupOf(found)
  return {
    arn,
    name: wanted(found.serviceName, 'serviceName', service),
    cluster: clusterArn.split('/').at(-1) ?? cluster,
    clusterArn,
    account,
    region,
    deployment: found.deployments?.find(({ status }) => status === 'PRIMARY')?.id ?? '',
    definition: await readTaskDefinition(api, wanted(found.taskDefinition, 'taskDefinition', service)),
    desiredCount: found.desiredCount ?? 0,
    rollout: rolloutOf(found),
    capacity: capacityOf(found),
    gracePeriod: found.healthCheckGracePeriodSeconds ?? 0,
    ...(targetGroup === undefined ? {} : { targetGroup }),
    subnets: found.networkConfiguration?.awsvpcConfiguration?.subnets ?? [],
  }
}

/** @throws {RehearsalProblem} where ECS does not have it */
export async function readTaskDefinition(api: EcsApi, reference: string): Promise<TaskDefinition> {
  const { taskDefinition: found } = await api.describeTaskDefinition({ taskDefinition: reference })
  const arn = wanted(found?.taskDefinitionArn, 'taskDefinitionArn', reference)
  const { cpu, memory, taskRoleArn, executionRoleArn, containerDefinitions = [] } = found ?? {}
  return {
    arn,
    family: wanted(found?.family, 'family', reference),
    revision: wanted(found?.revision, 'revision', reference),
    ...(cpu ? { cpu: Number(cpu) } : {}),
    ...(memory ? { memory: Number(memory) } : {}),
    ...(taskRoleArn ? { taskRoleArn } : {}),
    ...(executionRoleArn ? { executionRoleArn } : {}),
    containers: containerDefinitions.map((container) => containerOf(container, arn)),
  }
}

/** AWS's defaults: UpdateService, DeploymentConfiguration. */
function rolloutOf({ deploymentConfiguration: given }: ServiceAnswer): RolloutSettings {
  const breaker = given?.deploymentCircuitBreaker
  return {
    minimumHealthyPercent: given?.minimumHealthyPercent ?? 100,
    maximumPercent: given?.maximumPercent ?? 200,
    circuitBreaker: breaker?.enable ?? false,
    rollback: breaker?.rollback ?? false,
  }
}

function capacityOf({ capacityProviderStrategy = [], launchType }: ServiceAnswer): readonly CapacityShare[] {
  if (capacityProviderStrategy.length === 0)
    return [{ provider: launchType ?? 'FARGATE', base: 0, weight: 1 }]
  return capacityProviderStrategy.map(({ capacityProvider, base, weight }) => ({
    provider: capacityProvider ?? 'FARGATE',
    base: base ?? 0,
    weight: weight ?? 0,
  }))
}

function targetGroupOf({ loadBalancers = [], serviceName }: ServiceAnswer): TargetGroupSettings | undefined {
  const [one, ...others] = loadBalancers
  if (one === undefined) return undefined
  if (others.length > 0) {
    throw new RehearsalProblem(
      `service ${serviceName} has ${loadBalancers.length} target groups; wanted: one, more are not rehearsed`,
    )
  }
  const of = `service ${serviceName}`
  return {
    arn: wanted(one.targetGroupArn, 'targetGroupArn', of),
    container: wanted(one.containerName, 'containerName', of),
    port: wanted(one.containerPort, 'containerPort', of),
  }
}

function containerOf(found: ContainerAnswer, definition: string): ContainerDefinition {
  const name = wanted(found.name, 'name', `a container of ${definition}`)
  const of = `container ${name} of ${definition}`
  const healthCheck = healthCheckOf(found)
  const log = logOf(found, of)
  const files = found.ulimits?.find((limit) => limit.name === 'nofile')
  return {
    name,
    image: wanted(found.image, 'image', of),
    essential: found.essential ?? true,
    ...(found.entryPoint?.length ? { entryPoint: found.entryPoint } : {}),
    ...(found.command?.length ? { command: found.command } : {}),
    environment: Object.fromEntries(
      (found.environment ?? []).map((one) => [wanted(one.name, 'environment name', of), one.value ?? '']),
    ),
    secrets: (found.secrets ?? []).map((one) => ({
      name: wanted(one.name, 'secret name', of),
      valueFrom: wanted(one.valueFrom, 'valueFrom', of),
    })),
    ports: (found.portMappings ?? []).map(({ containerPort }) => wanted(containerPort, 'containerPort', of)),
    ...(healthCheck === undefined ? {} : { healthCheck }),
    // Fargate's default (API reference: ContainerDefinition, stopTimeout).
    stopTimeout: found.stopTimeout ?? 30,
    ...(log === undefined ? {} : { log }),
    ...(files === undefined ? {} : { openFiles: { soft: files.softLimit ?? 0, hard: files.hardLimit ?? 0 } }),
    notRehearsed: notRehearsed(found),
  }
}

/** AWS's defaults: API reference, HealthCheck. */
function healthCheckOf({ healthCheck: given }: ContainerAnswer): HealthCheckSettings | undefined {
  const command = given?.command ?? []
  if (command.length === 0 || command[0] === 'NONE') return undefined
  return {
    command,
    interval: given?.interval ?? 30,
    timeout: given?.timeout ?? 5,
    retries: given?.retries ?? 3,
    startPeriod: given?.startPeriod ?? 0,
  }
}

/** Developer guide, "Send Amazon ECS logs to CloudWatch": mode and max-buffer-size; 25 Jun 2025 made non-blocking the default. */
function logOf({ logConfiguration: given }: ContainerAnswer, of: string): LogSettings | undefined {
  if (given?.logDriver !== 'awslogs') return undefined
  const { options = {} } = given
  return {
    group: wanted(options['awslogs-group'], 'awslogs-group', of),
    // Fargate takes no driver without it.
    prefix: wanted(options['awslogs-stream-prefix'], 'awslogs-stream-prefix', of),
    blocking: options['mode'] === 'blocking',
    buffer: bytesOf(options['max-buffer-size'] ?? '10m', of),
  }
}

/** @throws {RehearsalProblem} @returns bytes of a size as Docker writes it: 8m */
function bytesOf(size: string, of: string): number {
  const [, digits, unit = ''] = /^(\d+)\s*([kmg]?)b?$/i.exec(size) ?? []
  if (digits === undefined)
    throw new RehearsalProblem(`max-buffer-size of ${of} is "${size}"; wanted: a size such as 8m`)
  return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase())
}

function notRehearsed(found: ContainerAnswer): readonly string[] {
  const names = [...(found.environment ?? []), ...(found.secrets ?? [])].map(({ name }) => name ?? '')
  const odd = names.filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  const left: readonly (readonly [boolean, string])[] = [
    [odd.length > 0, `variables ${odd.join(', ')}: the shell that starts a program does not pass them on`],
    [Boolean(found.user), `user ${found.user}: it runs as the user who rehearses`],
    [found.readonlyRootFilesystem === true, 'readonlyRootFilesystem: it may write where that user may'],
    [(found.mountPoints ?? []).length > 0, 'mountPoints: there are no volumes'],
    [(found.dependsOn ?? []).length > 0, 'dependsOn: containers start in the order of the definition'],
    [(found.environmentFiles ?? []).length > 0, 'environmentFiles: none is read'],
    [
      found.linuxParameters?.initProcessEnabled !== true,
      'no init process: here a process without a listener ends at SIGTERM, as process 1 of a container it would not',
    ],
    [
      found.logConfiguration !== undefined && found.logConfiguration.logDriver !== 'awslogs',
      `log driver ${found.logConfiguration?.logDriver}: its lines are dropped`,
    ],
  ]
  return left.flatMap(([applies, what]) => (applies ? [what] : []))
}

function wanted<T>(value: T | undefined, field: string, of: string): T {
  if (value === undefined || value === '')
    throw new RehearsalProblem(`ECS tells no ${field} of ${of}; wanted: one`)
  return value
}
