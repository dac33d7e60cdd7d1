import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CloudWatch } from '@aws-sdk/client-cloudwatch'
import { S3 } from '@aws-sdk/client-s3'
import { makeLayout, pushImage } from '@cartwright/image'
import type { LocalAws } from '@cartwright/local-aws'
import { Clients, TaskServices } from '../src/clients/index.ts'
import { Ecs, follow, readService } from '../src/ecs/index.ts'
import type { Guard } from '../src/guard/guard.ts'
import { Registry } from '../src/images/index.ts'
import { type LoadBalancer, startLoadBalancer } from '../src/load-balancer/index.ts'
import { balancer, GROUP, group } from '../src/load-balancer/test/declared.ts'

const ACCOUNT = '123456789012'
const KEYS = { accessKeyId: 'local', secretAccessKey: 'local' }

export interface SmallEnvironmentOptions {
  readonly aws: LocalAws
  readonly guard: Guard
  /** An existing one of its own. */
  readonly folder: string
  /** `dev` or another one of the repository's. */
  readonly name: string
  /** What undoes a deployment. @default nothing */
  readonly alarm?: string
}

/**
 * What releases see of an environment, made in a second instead of a minute: registry, parameter, state, and a service whose
 * tasks are the API with its carts in a folder, behind a load balancer; ECS rolls them out.
 */
export class SmallEnvironment {
  readonly clients: Clients
  /** What the state tells of it. */
  readonly url: string
  readonly repositoryName: string
  readonly parameterName: string
  readonly service: { readonly cluster: string; readonly service: string }
  readonly #options: SmallEnvironmentOptions
  readonly #balancer: LoadBalancer
  readonly #stops: (() => unknown)[]

  static async start(options: SmallEnvironmentOptions): Promise<SmallEnvironment> {
    const { healthCheck } = group()
    const often = { ...healthCheck, interval: 1, timeout: 1, healthyThreshold: 2 }
    const targets = group({ healthCheck: often, deregistrationDelay: 0 })
    const balanced = await startLoadBalancer(balancer({ targetGroups: [targets] }))
    const small = new SmallEnvironment(options, balanced)
    await small.#deploy()
    await small.#serve()
    return small
  }

  private constructor(options: SmallEnvironmentOptions, balanced: LoadBalancer) {
    const { aws, name } = options
    const base = `cartwright-${name}`
    this.#options = options
    this.#balancer = balanced
    this.#stops = [() => balanced.stop()]
    this.clients = new Clients({ endpoint: aws.endpoint, region: aws.region }, KEYS)
    this.url = `http://${base}.example.com`
    this.repositoryName = `${base}-cart-api`
    this.parameterName = `/${base}/release`
    this.service = { cluster: base, service: `${base}-cart-api` }
  }

  /** As a rehearsal sets it. */
  get connectTo(): string {
    return `${new URL(this.url).hostname}:80:127.0.0.1:${this.#balancer.localPort(80)}`
  }

  /** The tag of the image in use. */
  async inUse(): Promise<string | undefined> {
    return (await this.clients.ssm.getParameter({ Name: this.parameterName })).Parameter?.Value
  }

  /** The tags of the revisions that are in use, the newest first. */
  async revisions(): Promise<readonly string[]> {
    const { taskDefinitionArns = [] } = await this.clients.ecs.listTaskDefinitions({
      familyPrefix: this.repositoryName,
      status: 'ACTIVE',
      sort: 'DESC',
    })
    return Promise.all(taskDefinitionArns.map((arn) => this.#tagOf(arn)))
  }

  /** The tag of what runs, with how many tasks there are to be. */
  async runs(): Promise<string> {
    const { cluster, service } = this.service
    const { services: [found] = [] } = await this.clients.ecs.describeServices({
      cluster,
      services: [service],
    })
    return `${await this.#tagOf(found?.taskDefinition ?? '')} × ${found?.desiredCount}`
  }

  async tags(): Promise<readonly string[]> {
    const { repositoryName } = this
    const { imageDetails = [] } = await this.clients.ecr.describeImages({ repositoryName })
    return imageDetails.flatMap(({ imageTags = [] }) => imageTags)
  }

  /** @param root what the image holds; its program tells the tag as its release */
  async push(tag: string, root: string, variables: readonly string[] = []): Promise<void> {
    const layout = await makeLayout({
      root,
      config: {
        Cmd: ['node', 'dist/main.js'],
        Env: [`RELEASE=${tag}`, ...variables],
        WorkingDir: '/app',
      },
      folder: path.join(this.#options.folder, `layout-${tag}`),
    })
    await pushImage({ ecr: this.clients.ecr, layout, repositoryName: this.repositoryName, tag })
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.toReversed()) await stop()
  }

  async #deploy(): Promise<void> {
    const { name, folder, alarm, aws } = this.#options
    const { ecr, ecs, iam, ssm, autoScaling } = this.clients
    const { cluster, service } = this.service
    const settings = { endpoint: aws.endpoint, region: aws.region, credentials: KEYS }
    const s3 = new S3({ ...settings, forcePathStyle: true })
    const Bucket = `cartwright-tfstate-${ACCOUNT}-${aws.region}`
    // Those of several environments are in one.
    await s3
      .createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } })
      .catch(() => undefined)
    const state = { version: 4, outputs: { alb_url: { value: this.url } }, resources: [] }
    await s3.putObject({ Bucket, Key: `states/${name}.tfstate`, Body: JSON.stringify(state) })
    const scan = { scanOnPush: true }
    const { repositoryName } = this
    await ecr.createRepository({
      repositoryName,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: scan,
    })
    await ssm.putParameter({ Name: this.parameterName, Value: 'none', Type: 'String' })
    const trust = {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
    }
    const { Role } = await iam.createRole({
      RoleName: `${name}-execution`,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    })
    const data = path.join(folder, 'data')
    mkdirSync(data)
    const environment = {
      HOST: '0.0.0.0',
      PORT: '8080',
      LOG_LEVEL: 'error',
      EVENTS: 'none',
      DATA_DIR: data,
      SQLITE_SYNCHRONOUS: 'normal',
      SHUTDOWN_DELAY_SECONDS: '0',
    }
    await ecs.createCluster({ clusterName: cluster })
    await ecs.registerTaskDefinition({
      family: service,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      executionRoleArn: Role?.Arn,
      containerDefinitions: [
        {
          name: 'api',
          image: `${ACCOUNT}.dkr.ecr.${aws.region}.amazonaws.com/${repositoryName}:none`,
          essential: true,
          portMappings: [{ containerPort: 8080 }],
          environment: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
        },
      ],
    })
    if (alarm !== undefined) {
      await new CloudWatch(settings).putMetricAlarm({
        AlarmName: alarm,
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'TargetResponseTime',
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 2,
        ComparisonOperator: 'GreaterThanThreshold',
      })
    }
    await ecs.createService({
      cluster,
      serviceName: service,
      taskDefinition: service,
      desiredCount: 0,
      healthCheckGracePeriodSeconds: 60,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
        ...(alarm === undefined ? {} : { alarms: { enable: true, rollback: true, alarmNames: [alarm] } }),
      },
      loadBalancers: [{ targetGroupArn: GROUP, containerName: 'api', containerPort: 8080 }],
    })
    await autoScaling.registerScalableTarget({
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: `service/${cluster}/${service}`,
      MinCapacity: 0,
      MaxCapacity: 6,
    })
  }

  async #serve(): Promise<void> {
    const { aws, guard, folder } = this.#options
    const { clients } = this
    const services = new TaskServices(clients)
    const images = new Registry({
      folder: path.join(folder, 'images'),
      ecr: clients.ecr,
      ecrAs: (credentials) => services.as(credentials).ecr,
    })
    const service = await readService(clients.ecs, this.service)
    const ecs = await Ecs.start({
      service,
      guard,
      zones: ['eu-west-1a'],
      report: (report) => void aws.reportService(report),
      surroundings: {
        aws: services,
        images,
        targetGroup: this.#balancer.targetGroup(GROUP),
        routes: () => ({}),
        variables: {},
        limits: false,
        intervals: { log: 50, targets: 50 },
      },
    })
    this.#stops.push(() => ecs.kill())
    this.#stops.push(
      follow({
        api: clients.ecs,
        scheduler: ecs.scheduler,
        service,
        interval: 100,
        failed: (error) => console.error(error),
      }),
    )
  }

  async #tagOf(taskDefinition: string): Promise<string> {
    const { taskDefinition: found } = await this.clients.ecs.describeTaskDefinition({ taskDefinition })
    return found?.containerDefinitions?.[0]?.image?.split(':').at(-1) ?? ''
  }
}

/** What an image holds whose program ends at once. */
export function brokenRoot(folder: string): string {
  const root = path.join(folder, 'broken')
  mkdirSync(path.join(root, 'app/dist'), { recursive: true })
  writeFileSync(path.join(root, 'app/dist/main.js'), `throw new Error('this cannot start')\n`)
  return root
}
