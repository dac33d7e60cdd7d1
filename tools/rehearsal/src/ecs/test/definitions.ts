import type { ContainerDefinition, Service, TaskDefinition } from '../service.ts'

export const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:1f'
export const TARGET_GROUP = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/1'

export function container(change: Partial<ContainerDefinition> = {}): ContainerDefinition {
  return {
    name: 'api',
    image: IMAGE,
    essential: true,
    environment: { PORT: '8080', HOST: '0.0.0.0' },
    secrets: [],
    ports: [8080],
    stopTimeout: 5,
    notRehearsed: [],
    ...change,
  }
}

export function taskDefinition(revision: number, change: Partial<TaskDefinition> = {}): TaskDefinition {
  return {
    arn: `arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:${revision}`,
    family: 'shop',
    revision,
    cpu: 256,
    memory: 512,
    containers: [container()],
    ...change,
  }
}

export function service(change: Partial<Service> = {}): Service {
  return {
    arn: 'arn:aws:ecs:eu-west-1:123456789012:service/shop/api',
    name: 'api',
    cluster: 'shop',
    clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/shop',
    account: '123456789012',
    region: 'eu-west-1',
    deployment: '',
    definition: taskDefinition(1),
    desiredCount: 1,
    rollout: { minimumHealthyPercent: 100, maximumPercent: 200, circuitBreaker: true, rollback: true },
    capacity: [{ provider: 'FARGATE', base: 0, weight: 1 }],
    gracePeriod: 0,
    targetGroup: { arn: TARGET_GROUP, container: 'api', port: 8080 },
    subnets: [],
    ...change,
  }
}
