import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Guard } from '../../guard/guard.ts'
import { RehearsalProblem } from '../../problem.ts'
import type { Admission, Agent } from '../agent.ts'
import type { Aws, Credentials } from '../aws.ts'
import type { Image, Images } from '../images.ts'
import type { EntryKind, Journal } from '../journal.ts'
import { type NetworkView, networkFor, type Routes, writeNetwork } from '../network/network.ts'
import type { ContainerDefinition, Service, TaskDefinition } from '../service.ts'
import type { TargetGroup } from '../target-group.ts'
import { Container } from './container.ts'
import { environmentOf } from './environment.ts'
import { type Health, healthOf } from './health-check.ts'
import { type Limits, limitsFor } from './limits.ts'
import { LogDriver } from './log-driver.ts'
import { containerMetadata, type MetadataOptions, streamOf, taskMetadata } from './metadata.ts'
import { roleCredentials } from './role.ts'
import { CannotStart, reasonOf, secretValues } from './secrets.ts'

/** The world that tasks run in. */
export interface Surroundings {
  readonly aws: Aws
  readonly images: Images
  readonly guard: Guard
  readonly agent: Agent
  readonly journal: Journal
  readonly targetGroup?: TargetGroup
  /** Where names of the deployed infrastructure lead to here, as `primary.….amazonaws.com:6379`. */
  readonly routes: () => Routes
  /** What tells programs where AWS is and whom TLS trusts: AWS_ENDPOINT_URL, NODE_EXTRA_CA_CERTS. */
  readonly variables: Readonly<Record<string, string>>
  /** Whether tasks are held to their CPU and memory where the machine can. @default true */
  readonly limits?: boolean
  /** How often lines are sent, and the target group is looked at, in milliseconds. @default 5000 and 250 */
  readonly intervals?: { readonly log?: number; readonly targets?: number }
}

export interface TaskOptions {
  readonly service: Service
  readonly definition: TaskDefinition
  readonly deployment: string
  readonly capacityProvider: string
  readonly zone: string
  readonly surroundings: Surroundings
  readonly listener: TaskListener
}

/** Told what happens to a task; what it throws is nobody's. */
export interface TaskListener {
  changed(task: Task): void
  registered(task: Task): void
  /** It is draining. */
  deregistered(task: Task): void
}

/** Developer guide, "Amazon ECS task lifecycle". */
export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED'

/** API reference: Task, stopCode. */
export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'

export interface Stop {
  readonly code: StopCode
  /** As `stoppedReason` tells it. */
  readonly reason: string
  /**
   * When the containers get SIGTERM: after the target has drained; at the same time as it begins to drain; or before the
   * target group hears of it, which is told when the task has stopped. @default drained
   */
  readonly order?: 'drained' | 'at-once' | 'before-target'
}

/** One task: its containers, from PROVISIONING to STOPPED. */
export class Task {
  readonly id = randomBytes(16).toString('hex')
  readonly arn: string
  readonly definition: TaskDefinition
  readonly deployment: string
  readonly capacityProvider: string
  readonly zone: string
  readonly createdAt = Date.now()
  /** Resolves when it is STOPPED. */
  readonly stopped: Promise<void>
  readonly #options: TaskOptions
  readonly #containers: Container[] = []
  readonly #logs: LogDriver[] = []
  readonly #started: Promise<void>
  readonly #executionRole: (() => Promise<Credentials>) | undefined
  #status: TaskStatus = 'PROVISIONING'
  #stop: Stop | undefined
  #startedAt: number | undefined
  #isRegistered = false
  #folder: string | undefined
  #network: NetworkView | undefined
  #limits: Limits | undefined
  #admission: Admission | undefined
  #resolveStopped: () => void = () => undefined

  /** It starts at once. */
  constructor(options: TaskOptions) {
    const { service, definition } = options
    this.#options = options
    this.arn = `arn:aws:ecs:${service.region}:${service.account}:task/${service.cluster}/${this.id}`
    this.definition = definition
    this.deployment = options.deployment
    this.capacityProvider = options.capacityProvider
    this.zone = options.zone
    this.stopped = new Promise((resolve) => {
      this.#resolveStopped = resolve
    })
    const { executionRoleArn } = definition
    this.#executionRole =
      executionRoleArn === undefined
        ? undefined
        : roleCredentials(executionRoleArn, (arn) => this.#assume(arn))
    this.#tell('task-state', `PROVISIONING on ${this.capacityProvider} in ${this.zone}`)
    this.#started = this.#start().catch((error: unknown) => {
      const isTold = error instanceof CannotStart || error instanceof RehearsalProblem
      const reason = isTold ? error.message : `InternalError: ${reasonOf(error)}`
      // Whatever else it is leads to a defect of the rehearsal's.
      if (!isTold) this.#tell('problem', error instanceof Error ? (error.stack ?? error.message) : reason)
      void this.stop({ code: 'TaskFailedToStart', reason })
    })
  }

  get status(): TaskStatus {
    return this.#status
  }

  get desiredStatus(): 'RUNNING' | 'STOPPED' {
    return this.#stop === undefined ? 'RUNNING' : 'STOPPED'
  }

  get stopCode(): StopCode | undefined {
    return this.#stop?.code
  }

  get stoppedReason(): string | undefined {
    return this.#stop?.reason
  }

  /** When it reached RUNNING, in milliseconds since 1970. */
  get startedAt(): number | undefined {
    return this.#startedAt
  }

  get health(): Health {
    return healthOf(
      this.#containers.filter(({ definition }) => definition.essential).map(({ health }) => health),
    )
  }

  /** Its health by those of its essential containers that have a health check; nothing where none has. */
  get checkedHealth(): Health | undefined {
    const checked = this.#containers.filter(
      ({ definition }) => definition.essential && definition.healthCheck !== undefined,
    )
    return checked.length === 0 ? undefined : healthOf(checked.map(({ health }) => health))
  }

  /** Where the load balancer reaches it, once that is known. */
  get place(): { readonly host: string; readonly port: number } | undefined {
    const { targetGroup } = this.#options.service
    const port = targetGroup && this.#network?.ports[targetGroup.port]
    return this.#network === undefined || port === undefined
      ? undefined
      : { host: this.#network.address, port }
  }

  get isRegistered(): boolean {
    return this.#isRegistered
  }

  /** By name: process id and, after the end, exit code. */
  get containers(): readonly { readonly name: string; readonly pid?: number; readonly exitCode?: number }[] {
    return this.#containers.map(({ definition, pid, exitCode }) => ({
      name: definition.name,
      ...(pid === undefined ? {} : { pid }),
      ...(exitCode === undefined ? {} : { exitCode }),
    }))
  }

  /** The first call decides why; every call resolves when it is STOPPED. */
  stop(stop: Stop): Promise<void> {
    if (this.#stop === undefined) {
      this.#stop = stop
      this.#tell('task-state', `is to stop: ${stop.code}: ${stop.reason}`)
      this.#options.listener.changed(this)
      void this.#end(stop)
    }
    return this.stopped
  }

  /** Kills its containers, as when the host of the task fails. */
  async kill(): Promise<void> {
    await Promise.all(this.#containers.map((container) => container.kill()))
  }

  /** Names lead elsewhere from now on. */
  route(routes: Routes): void {
    if (this.#network === undefined || this.#folder === undefined || this.#status === 'STOPPED') return
    this.#network = { ...this.#network, routes }
    writeNetwork(this.#folder, this.#network)
  }

  async #start(): Promise<void> {
    const { definition, surroundings } = this.#options
    const { guard, agent } = surroundings
    this.#folder = path.join(tmpdir(), `rehearsal-task-${this.id}`)
    await guard.watchFolder(this.#folder)
    mkdirSync(this.#folder)
    const ports = definition.containers.flatMap((container) => container.ports)
    this.#network = await networkFor(ports, surroundings.routes())
    const network = writeNetwork(this.#folder, this.#network)
    if (surroundings.limits ?? true) {
      this.#limits = await limitsFor(this.id, definition, guard)
      for (const missing of this.#limits.missing) this.#tell('not-rehearsed', `limit of ${missing}`)
    }
    const { taskRoleArn } = definition
    this.#admission = agent.admit({
      task: () => taskMetadata(this.#metadata()),
      container: (name) => {
        const found = definition.containers.find((container) => container.name === name)
        return found === undefined ? {} : containerMetadata(found, this.#metadata())
      },
      ...(taskRoleArn === undefined
        ? {}
        : {
            role: { arn: taskRoleArn, credentials: roleCredentials(taskRoleArn, (arn) => this.#assume(arn)) },
          }),
    })
    if (!this.#become('PENDING')) return
    for (const container of definition.containers) await this.#prepare(container, network)
    if (!this.#become('ACTIVATING')) return
    for (const container of this.#containers) {
      if (this.#stop !== undefined) return
      await container.start()
    }
    if (!this.#become('RUNNING')) return
    this.#startedAt = Date.now()
    await this.#register()
    this.#options.listener.changed(this)
  }

  /** @throws {CannotStart} */
  async #prepare(definition: ContainerDefinition, network: string): Promise<void> {
    const { service, surroundings } = this.#options
    const { aws, images, journal, variables, guard } = surroundings
    for (const what of definition.notRehearsed) this.#tell('not-rehearsed', what, definition.name)
    const role = await this.#asExecutionRole()
    const image = await this.#pull(images, definition.image, role)
    if (image === undefined) {
      if (!definition.essential) {
        const what = `left out: nothing here stands for its image ${definition.image}, and it is not essential`
        this.#tell('not-rehearsed', what, definition.name)
        return
      }
      throw new CannotStart(
        `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${definition.image}: ${definition.image}: not found`,
      )
    }
    const secrets = await secretValues(definition.secrets, aws, role)
    for (const value of Object.values(secrets)) journal.conceal(value)
    const log = await this.#openLog(definition)
    this.#containers.push(
      new Container({
        definition,
        image,
        folder: this.#folder as string, // made before any container
        network,
        guard,
        controlGroups: this.#limits?.controlGroups ?? [],
        log,
        environment: (programs) =>
          environmentOf({
            definition,
            image,
            secrets,
            admission: this.#admission as Admission, // admitted before any container
            region: service.region,
            address: this.#network?.address ?? '127.0.0.1',
            programs,
            surroundings: variables,
          }),
        tell: (kind, said) => this.#tell(kind, said, definition.name),
        exited: (container) => this.#exited(container),
        healthChanged: () => this.#options.listener.changed(this),
      }),
    )
  }

  /** @throws {CannotStart} */
  async #pull(images: Images, image: string, role: Credentials | undefined): Promise<Image | undefined> {
    try {
      return await images.resolve(image, role)
    } catch (error) {
      throw new CannotStart(
        `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${reasonOf(error)}`,
        { cause: error },
      )
    }
  }

  async #openLog(definition: ContainerDefinition): Promise<LogDriver | undefined> {
    const { log: settings } = definition
    if (settings === undefined) return undefined
    const { aws, intervals } = this.#options.surroundings
    const stream = { group: settings.group, stream: streamOf(definition, this.arn) }
    try {
      await aws.createLogStream(stream, await this.#asExecutionRole())
    } catch (error) {
      throw new CannotStart(
        `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${reasonOf(error)}: exit status 1`,
        { cause: error },
      )
    }
    const driver = new LogDriver({
      settings,
      put: async (events) => aws.putLogEvents(stream, events, await this.#asExecutionRole()),
      lost: (lines) => this.#tell('lost-lines', `${lines} log lines were lost`, definition.name),
      ...(intervals?.log === undefined ? {} : { interval: intervals.log }),
    })
    this.#logs.push(driver)
    return driver
  }

  async #assume(roleArn: string): Promise<Credentials> {
    const { aws, journal } = this.#options.surroundings
    const credentials = await aws.assume(roleArn)
    journal.conceal(credentials.secretAccessKey)
    journal.conceal(credentials.sessionToken)
    return credentials
  }

  /** @throws {CannotStart} */
  async #asExecutionRole(): Promise<Credentials | undefined> {
    try {
      return await this.#executionRole?.()
    } catch (error) {
      throw new CannotStart(
        `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to get credentials of ${this.definition.executionRoleArn}: ${reasonOf(error)}`,
        { cause: error },
      )
    }
  }

  async #register(): Promise<void> {
    const { targetGroup } = this.#options.surroundings
    const { place } = this
    if (targetGroup === undefined || place === undefined) return
    await targetGroup.register({ id: this.id, ...place })
    this.#isRegistered = true
    this.#tell('target', `registered at ${place.host}:${place.port}`)
    this.#options.listener.registered(this)
  }

  /** The target is told at once; what is returned resolves when it has drained. */
  async #deregister(): Promise<void> {
    const { targetGroup, intervals } = this.#options.surroundings
    if (targetGroup === undefined || !this.#isRegistered) return
    this.#isRegistered = false
    const told = targetGroup.deregister(this.id)
    this.#tell('target', 'deregistered')
    this.#options.listener.deregistered(this)
    await told
    // DEACTIVATING lasts as long as the target does (developer guide, "Optimize load balancer connection draining").
    for (;;) {
      const found = (await targetGroup.describeHealth()).find(({ id }) => id === this.id)
      if (found === undefined || found.state === 'unused') break
      // A target that drains longer than its task keeps nobody waiting.
      await new Promise((resolve) => setTimeout(resolve, intervals?.targets ?? 250).unref())
    }
    this.#tell('target', 'drained')
  }

  #exited(container: Container): void {
    const { definition, exitCode } = container
    if (!definition.essential) return
    if (exitCode === 137 && (this.#limits?.outOfMemory() ?? 0) > 0) {
      this.#tell('container', 'OutOfMemoryError: Container killed due to memory usage', definition.name)
    }
    void this.stop({ code: 'EssentialContainerExited', reason: 'Essential container in task exited' })
  }

  async #end({ order = 'drained' }: Stop): Promise<void> {
    const { surroundings, listener } = this.#options
    await this.#started
    this.#become('DEACTIVATING')
    const drained =
      order === 'before-target'
        ? undefined
        : this.#deregister().catch((error: unknown) => this.#problem(error))
    if (
      order === 'drained' &&
      this.#containers.some(({ definition, isRunning }) => definition.essential && isRunning)
    ) {
      await Promise.race([drained, this.#allExited()])
    }
    this.#become('STOPPING')
    await Promise.all(this.#containers.map((container) => container.stop()))
    this.#become('DEPROVISIONING')
    await Promise.all(this.#logs.map((log) => log.close()))
    this.#admission?.end()
    this.#limits?.remove()
    if (this.#folder !== undefined) {
      rmSync(this.#folder, { recursive: true, force: true })
      surroundings.guard.forgetFolder(this.#folder)
    }
    this.#become('STOPPED')
    if (order === 'before-target') void this.#deregister().catch((error: unknown) => this.#problem(error))
    listener.changed(this)
    this.#resolveStopped()
  }

  async #allExited(): Promise<void> {
    while (this.#containers.some(({ definition, isRunning }) => definition.essential && isRunning))
      await wait(50)
  }

  /** @returns false where it is to stop, and the way up has ended */
  #become(status: TaskStatus): boolean {
    const isUp = status === 'PENDING' || status === 'ACTIVATING' || status === 'RUNNING'
    if (isUp && this.#stop !== undefined) return false
    this.#status = status
    this.#tell('task-state', status)
    this.#options.listener.changed(this)
    return true
  }

  #metadata(): MetadataOptions {
    const { service, definition, zone } = this.#options
    return {
      service,
      definition,
      taskArn: this.arn,
      zone,
      status: this.#status,
      desiredStatus: this.desiredStatus,
      address: this.#network?.address ?? '',
      startedAt: this.#startedAt,
    }
  }

  #problem(error: unknown): void {
    this.#tell('problem', reasonOf(error))
  }

  #tell(kind: EntryKind, said: string, container?: string): void {
    this.#options.surroundings.journal.write({
      kind,
      task: this.id,
      deployment: this.deployment,
      ...(container === undefined ? {} : { container }),
      said,
    })
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
