import type { ContainerDefinition, Service, TaskDefinition } from '../service.ts'

export interface MetadataOptions {
  readonly service: Pick<Service, 'clusterArn' | 'name'>
  readonly definition: TaskDefinition
  readonly taskArn: string
  readonly zone: string
  readonly status: string
  readonly desiredStatus: string
  readonly address: string
  readonly startedAt: number | undefined
}

/** A task as the metadata endpoint tells it (developer guide, "Amazon ECS task metadata v4 response on Fargate"). */
export function taskMetadata(options: MetadataOptions): object {
  const { service, definition, taskArn, zone, status, desiredStatus } = options
  const { cpu, memory } = definition
  return {
    Cluster: service.clusterArn,
    ServiceName: service.name,
    TaskARN: taskArn,
    Family: definition.family,
    Revision: String(definition.revision),
    DesiredStatus: desiredStatus,
    KnownStatus: status,
    Limits: {
      ...(cpu === undefined ? {} : { CPU: cpu / 1024 }),
      ...(memory === undefined ? {} : { Memory: memory }),
    },
    AvailabilityZone: zone,
    LaunchType: 'FARGATE',
    Containers: definition.containers.map((container) => containerMetadata(container, options)),
  }
}

/** @param container one of the task's */
export function containerMetadata(container: ContainerDefinition, options: MetadataOptions): object {
  const { service, definition, taskArn, status, desiredStatus, address, startedAt } = options
  const id = taskArn.split('/').at(-1)
  return {
    DockerId: `${id}-${container.name}`,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    Labels: {
      'com.amazonaws.ecs.cluster': service.clusterArn,
      'com.amazonaws.ecs.container-name': container.name,
      'com.amazonaws.ecs.task-arn': taskArn,
      'com.amazonaws.ecs.task-definition-family': definition.family,
      'com.amazonaws.ecs.task-definition-version': String(definition.revision),
    },
    DesiredStatus: desiredStatus,
    KnownStatus: status,
    Type: 'NORMAL',
    ...(startedAt === undefined ? {} : { StartedAt: new Date(startedAt).toISOString() }),
    ...(container.log === undefined
      ? {}
      : {
          LogDriver: 'awslogs',
          LogOptions: {
            'awslogs-group': container.log.group,
            'awslogs-stream': streamOf(container, taskArn),
          },
        }),
    Networks: [{ NetworkMode: 'awsvpc', IPv4Addresses: [address] }],
  }
}

/** `prefix/container/task-id` (developer guide, "Send Amazon ECS logs to CloudWatch", awslogs-stream-prefix). */
export function streamOf({ name, log }: ContainerDefinition, taskArn: string): string {
  return `${log?.prefix}/${name}/${taskArn.split('/').at(-1)}`
}
