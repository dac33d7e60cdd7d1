import type { Environment, Names } from '@cartwright/environments'
import { EcsService } from '#aws/ecs-service'
import { EcsTaskDefinition } from '#aws/ecs-task-definition'
import { Construct, conditional, Op, ref, Token } from '#terraform'
import type { Key } from '../base/key.ts'
import { LogGroup } from '../base/log-group.ts'
import type { Place } from '../base/place.ts'
import { Role } from '../base/role.ts'
import { SecurityGroup } from '../base/security-group.ts'
import type { Cache } from '../cache/cache.ts'
import type { Events } from '../events/events.ts'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'
import type { Network } from '../network/network.ts'
import type { RollbackAlarms } from '../observability/rollback-alarms.ts'
import { NO_RELEASE, type Registry } from '../registry/registry.ts'
import type { Table } from '../table/table.ts'
import { Cluster } from './cluster.ts'
import { containerEnvironment } from './container-environment.ts'
import { API_CONTAINER, containersJson, volumes } from './containers.ts'
import { Scaling } from './scaling.ts'

export interface ServiceProps {
  readonly environment: Environment
  readonly names: Names
  readonly place: Place
  readonly key: Key
  readonly network: Network
  readonly table: Table
  readonly cache: Cache
  readonly events: Events
  readonly registry: Registry
  readonly loadBalancer: LoadBalancer
  /** What undoes a deployment. @default only tasks that do not become healthy */
  readonly rollback?: RollbackAlarms
}

/** The port that tasks listen on. */
export const TASK_PORT = 8080

/**
 * The API on Fargate: its cluster, task definition and service. Nothing runs before the first release; afterwards the
 * image is whatever the registry says is in use.
 *
 * Cost: a task a month on ARM $7 (256/512), $14 (512/1024) or $29 (1024/2048); Spot takes about 70 % off.
 */
export class Service extends Construct {
  readonly clusterName: string
  readonly serviceName: string
  readonly taskFamily: string
  readonly logGroupName: string
  readonly taskRole: Role
  readonly executionRole: Role
  readonly #props: ServiceProps
  readonly #cluster: Cluster
  readonly #log: LogGroup
  readonly #group: SecurityGroup
  readonly #scaling: Scaling | undefined

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id)
    this.#props = props
    const { environment, names } = props
    this.#cluster = new Cluster(this, 'cluster', { ...environment, ...props })
    this.#log = new LogGroup(this, 'log', { ...environment, ...props, name: `/${names.base}/tasks/api` })
    this.#group = this.#makeGroup()
    this.executionRole = this.#makeExecutionRole()
    this.taskRole = this.#makeTaskRole()
    const service = this.#makeService(this.#makeTaskDefinition())
    this.clusterName = this.#cluster.name
    this.serviceName = service.name
    this.taskFamily = names.taskFamily
    this.logGroupName = this.#log.name
    this.#scaling = environment.scaling ? this.#scale() : undefined
  }

  /**
   * Lets a role release an image: register a revision like the one that runs, with that image, and put it in place.
   * Looking at revisions and registering them is given for all or none.
   */
  grantDeploy(role: Role): void {
    const { names, place } = this.#props
    role.allow({
      sid: 'RegisterRevisions',
      actions: ['ecs:DescribeTaskDefinition', 'ecs:RegisterTaskDefinition'],
    })
    role.allow({
      sid: 'TagRevisions',
      actions: ['ecs:TagResource'],
      resources: [place.arn('ecs', `task-definition/${names.taskFamily}:*`)],
      conditions: { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    })
    this.grantExchange(role)
  }

  /** Lets a role put another revision into its place: ECS asks whether it may pass the roles of that one. */
  grantExchange(role: Role): void {
    role.allow({
      sid: 'PassTaskRoles',
      actions: ['iam:PassRole'],
      resources: [this.taskRole.arn, this.executionRole.arn],
      conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    })
    this.grantUpdate(role)
  }

  /** Lets a role change how often the service runs. */
  grantUpdate(role: Role): void {
    const { names, place } = this.#props
    role.allow({
      sid: 'UpdateService',
      actions: ['ecs:DescribeServices', 'ecs:UpdateService'],
      resources: [place.arn('ecs', `service/${names.cluster}/${names.service}`)],
    })
  }

  /** Lets a role start the first tasks, and keep scaling from taking them away again. */
  grantStart(role: Role): void {
    this.grantUpdate(role)
    this.#scaling?.grantRegister(role)
  }

  /** Lets a role find revisions and take them out of use. AWS gives that for all or none. */
  grantDeregister(role: Role): void {
    role.allow({
      sid: 'DeregisterRevisions',
      actions: ['ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition', 'ecs:ListTaskDefinitions'],
    })
  }

  #scale(): Scaling {
    const { environment, loadBalancer, registry } = this.#props
    const { clusterName, serviceName } = this
    return new Scaling(this, 'scaling', { ...environment, clusterName, serviceName, loadBalancer, registry })
  }

  /** Tasks are reached by the load balancer alone, and reach AWS, token issuers and product services by HTTPS. */
  #makeGroup(): SecurityGroup {
    const { names, network, loadBalancer } = this.#props
    const group = new SecurityGroup(this, 'group', {
      name: `${names.base}-tasks`,
      description: 'Tasks',
      vpcId: network.vpcId,
    })
    group.allowFrom(loadBalancer.securityGroup, 'load-balancer', TASK_PORT, 'Requests from the load balancer')
    group.allowToAnywhere('https', 443, 'HTTPS to AWS, token issuers and product services')
    network.grantEndpoints(group, 'tasks')
    return group
  }

  /** What ECS does before the container runs: fetch the image, open its log. */
  #makeExecutionRole(): Role {
    const { names, registry } = this.#props
    const role = this.#makeRole('execution-role', names.executionRole, 'Starts tasks of the API')
    registry.grantPull(role)
    this.#log.grantWrite(role, 'WriteLog')
    return role
  }

  /** What the API itself does. */
  #makeTaskRole(): Role {
    const { environment, names, table, cache, events } = this.#props
    const role = this.#makeRole('task-role', names.taskRole, 'The API')
    table.grantUse(role)
    cache.grantConnect(this.#group, role)
    events.grantPublish(role)
    this.#cluster.grantExec(role)
    if (environment.traces) {
      // None of them has resources.
      const samples = ['GetSamplingRules', 'GetSamplingStatisticSummaries', 'GetSamplingTargets']
      const traces = ['PutTelemetryRecords', 'PutTraceSegments']
      role.allow({ sid: 'SendTraces', actions: [...samples, ...traces].map((action) => `xray:${action}`) })
    }
    return role
  }

  #makeRole(id: string, name: string, description: string): Role {
    const { place } = this.#props
    return new Role(this, id, {
      name,
      description,
      service: 'ecs-tasks.amazonaws.com',
      place,
      conditions: { ArnLike: { 'aws:SourceArn': place.arn('ecs', '*') } },
    })
  }

  /**
   * A release registers revisions of its own, with another image. `trackLatest` lets a plan compare with the newest of
   * them, and the image in use comes from where the release wrote it: nothing to change.
   */
  #makeTaskDefinition(): EcsTaskDefinition {
    const { environment, names, place, registry, table, cache, events } = this.#props
    const { taskCpu, taskMemory, ecsExec } = environment
    return new EcsTaskDefinition(this, 'task', {
      family: names.taskFamily,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(taskCpu),
      memory: String(taskMemory),
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      executionRoleArn: this.executionRole.arn,
      taskRoleArn: this.taskRole.arn,
      trackLatest: true,
      volume: volumes({ ecsExec }).map((volume) => ({ ...volume })),
      containerDefinitions: containersJson({
        environment,
        image: `${registry.url}:${registry.release}`,
        port: TASK_PORT,
        logGroup: this.#log.name,
        region: place.region,
        variables: containerEnvironment({
          environment,
          port: TASK_PORT,
          tableName: table.name,
          eventBusName: events.busName,
          redisUrl: cache.url,
          redisSecretArn: cache.secretArn,
        }),
      }),
    })
  }

  #makeService(task: EcsTaskDefinition): EcsService {
    const { environment, names, network, registry, loadBalancer, rollback } = this.#props
    const { desiredTasks, scaling, taskZones } = environment
    const released = conditional(Op.eq(registry.release, NO_RELEASE), 0, desiredTasks)
    return new EcsService(this, 'service', {
      name: names.service,
      cluster: this.#cluster.arn,
      taskDefinition: task.arn,
      desiredCount: Token.asNumber(released),
      capacityProviderStrategy: this.#cluster.strategy.map((one) => ({ ...one })),
      // A changed strategy would otherwise replace the service.
      forceNewDeployment: true,
      platformVersion: '1.4.0',
      networkConfiguration: {
        subnets: [...network.taskSubnetIds(taskZones)],
        securityGroups: [this.#group.groupId],
        assignPublicIp: false,
      },
      loadBalancer: [
        {
          targetGroupArn: loadBalancer.targetGroupArn,
          containerName: API_CONTAINER,
          containerPort: TASK_PORT,
        },
      ],
      healthCheckGracePeriodSeconds: environment.gracePeriod,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      ...(rollback === undefined
        ? {}
        : { alarms: { enable: true, rollback: true, alarmNames: [...rollback.names] } }),
      availabilityZoneRebalancing: taskZones === 1 ? 'DISABLED' : 'ENABLED',
      enableExecuteCommand: environment.ecsExec,
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      waitForSteadyState: true,
      timeouts: { create: '20m', update: '20m', delete: '20m' },
      dependsOn: [
        loadBalancer.forwarding,
        this.#cluster.ready,
        ...this.executionRole.granted,
        ...this.taskRole.granted,
      ],
      lifecycle: {
        // What scaling moves, and nothing else.
        ...(scaling ? { ignoreChanges: ['desired_count'] } : {}),
        postcondition: [
          {
            // A deployment that was undone is steady, too.
            condition: Op.eq(ref('self.task_definition'), task.arn),
            errorMessage: `${names.service} does not run the task definition of this plan: the deployment was undone. The service's events say why.`,
          },
        ],
      },
    })
  }
}
