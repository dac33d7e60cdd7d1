import type { Environment } from '@cartwright/environments'
import type { Variable } from './container-environment.ts'

export interface ContainerProps {
  readonly environment: Environment
  readonly image: string
  readonly port: number
  readonly variables: readonly Variable[]
  readonly logGroup: string
  readonly region: string
}

/** The container that tasks are known by. */
export const API_CONTAINER = 'api'

/**
 * What ECS Exec's agent writes to, and dies without where the root is read-only. AWS does not document them
 * (containers-roadmap issue 1359).
 */
const EXEC_PATHS = {
  'exec-agent': '/managed-agents',
  'exec-library': '/var/lib/amazon/ssm',
  'exec-log': '/var/log/amazon/ssm',
} as const

/** The image has Node and the bundle, neither a shell nor curl. */
const HEALTH_CHECK = (port: number): readonly string[] => [
  'CMD',
  'node',
  '--eval',
  `fetch('http://127.0.0.1:${port}/health').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))`,
]

/** A number, so that ECS knows that it is not root. */
const USER = '1000:1000'

/** AWS's distribution of the OpenTelemetry collector, and what it gets of the task. */
const COLLECTOR = {
  image: 'public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3',
  cpu: 64,
  memory: 128,
} as const

/** Log lines that may wait for CloudWatch; beyond that the oldest are lost, and the API does not stand still. */
const LOG_BUFFER = '8m'

/** The volumes that a task has: empty, and gone with it. */
export function volumes({ ecsExec }: Pick<Environment, 'ecsExec'>): readonly { readonly name: string }[] {
  return ecsExec ? Object.keys(EXEC_PATHS).map((name) => ({ name })) : []
}

/** The containers of a task, as JSON for the task definition. */
export function containersJson(props: ContainerProps): string {
  return JSON.stringify(props.environment.traces ? [api(props), collector(props)] : [api(props)])
}

function api(props: ContainerProps) {
  const { environment, image, port, variables } = props
  return {
    name: API_CONTAINER,
    image,
    essential: true,
    // What the collector leaves: without a number, a container gets less than one that has one.
    ...(environment.traces ? { cpu: environment.taskCpu - COLLECTOR.cpu } : {}),
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true, capabilities: { add: [], drop: ['ALL'] } },
    ulimits: [{ name: 'nofile', softLimit: 65_536, hardLimit: 65_536 }],
    portMappings: [
      { name: 'http', containerPort: port, hostPort: port, protocol: 'tcp', appProtocol: 'http' },
    ],
    environment: variables,
    mountPoints: environment.ecsExec
      ? Object.entries(EXEC_PATHS).map(([sourceVolume, containerPath]) => ({
          sourceVolume,
          containerPath,
          readOnly: false,
        }))
      : [],
    volumesFrom: [],
    systemControls: [],
    stopTimeout: environment.stopTimeout,
    healthCheck: { command: HEALTH_CHECK(port), interval: 30, timeout: 5, retries: 3, startPeriod: 60 },
    logConfiguration: logs(props, API_CONTAINER),
  }
}

/** Not essential: without traces the API still serves. */
function collector(props: ContainerProps) {
  return {
    name: 'traces',
    image: COLLECTOR.image,
    essential: false,
    command: ['--config=/etc/ecs/ecs-default-config.yaml'],
    cpu: COLLECTOR.cpu,
    memory: COLLECTOR.memory,
    // Without it, a collector that ran out of memory once would be gone for as long as the task lives.
    restartPolicy: { enabled: true, ignoredExitCodes: [], restartAttemptPeriod: 60 },
    user: USER,
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { add: [], drop: ['ALL'] } },
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    portMappings: [],
    logConfiguration: logs(props, 'traces'),
  }
}

function logs({ logGroup, region }: ContainerProps, prefix: string) {
  return {
    logDriver: 'awslogs',
    options: {
      'awslogs-group': logGroup,
      'awslogs-region': region,
      'awslogs-stream-prefix': prefix,
      'max-buffer-size': LOG_BUFFER,
      mode: 'non-blocking',
    },
  }
}
