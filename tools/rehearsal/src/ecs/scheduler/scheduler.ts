import type { CapacityShare, RolloutSettings, Service, TaskDefinition } from '../service.ts'
import type { TargetHealth } from '../target-group.ts'
import { reportOf } from '../task/report.ts'
import { reasonOf } from '../task/secrets.ts'
import { type Stop, type Surroundings, Task, type TaskListener } from '../task/task.ts'
import { leastUsed, nextProvider } from './capacity.ts'
import { failureThreshold, OpenDeployment } from './deployment.ts'
import { ServiceEvents } from './events.ts'
import { type Readiness, readinessOf } from './readiness.ts'
import type { ServiceReport } from './report.ts'
import { nextStep } from './rollout.ts'
import { throttle } from './throttle.ts'

/** How often the scheduler looks, in milliseconds; what tasks tell is looked at at once. */
const INTERVAL = 250
/** The least pause after a task that failed, in milliseconds: Fargate takes longer than that to provide the next. */
const PAUSE = 1_000
/** So many stopped tasks are remembered. ECS tells of them for an hour. */
const REMEMBERED = 100

export interface SchedulerOptions {
  readonly service: Service
  readonly surroundings: Surroundings
  /** The zones of the service's subnets. */
  readonly zones: readonly string[]
  /** Told whenever something has changed. */
  readonly report?: (report: ServiceReport) => void
}

/** What UpdateService changes. */
export interface Update {
  readonly definition?: TaskDefinition
  readonly desiredCount?: number
  readonly forceNewDeployment?: boolean
  /** What a new deployment is called. @default a new id */
  readonly deployment?: string
  readonly rollout?: RolloutSettings
  readonly capacity?: readonly CapacityShare[]
  readonly gracePeriod?: number
}

/** Keeps a service at its desired count, and rolls out what is new: the service scheduler of ECS. */
export class Scheduler {
  readonly events: ServiceEvents
  readonly #options: SchedulerOptions
  readonly #tasks = new Map<string, Task>()
  readonly #stopped: Task[] = []
  /** By task id. */
  readonly #wasHealthy = new Set<string>()
  readonly #wasUnhealthy = new Set<string>()
  readonly #counted = new Set<string>()
  readonly #deployments = new Set<string>()
  readonly #listener: TaskListener
  #service: Service
  #primary: OpenDeployment
  /** Those that are being replaced, the one that gives way first first. */
  #others: OpenDeployment[] = []
  #lastCompleted: OpenDeployment | undefined
  #isSteady = false
  #isEnding = false
  #tasksStarted = 0
  #wake: () => void = () => undefined
  #isAwake = false
  #reported = ''
  readonly #loop: Promise<void>

  /** It begins at once. */
  constructor(options: SchedulerOptions) {
    const { service, surroundings } = options
    this.#options = options
    this.#service = service
    this.events = new ServiceEvents(service.name, (said) =>
      surroundings.journal.write({ kind: 'event', said }),
    )
    this.#primary = new OpenDeployment(
      service.definition,
      service.desiredCount,
      service.deployment || undefined,
    )
    this.#tellDeployment(this.#primary)
    this.#listener = {
      changed: () => this.#look(),
      registered: () => this.events.registered(this.#targetGroupArn),
      deregistered: (task) => {
        this.events.draining(task.deployment)
        this.events.deregistered(this.#targetGroupArn)
      },
    }
    this.#loop = this.#run()
  }

  /** Those that have not stopped. */
  get tasks(): readonly Task[] {
    return [...this.#tasks.values()]
  }

  /** Of the newest deployment, or the one that was gone back to. */
  get definition(): TaskDefinition {
    return this.#primary.definition
  }

  /** How many there ever were. */
  get tasksStarted(): number {
    return this.#tasksStarted
  }

  /** Whether this is one of its deployments, however long ago. */
  hasDeployment(id: string): boolean {
    return this.#deployments.has(id)
  }

  get isSteady(): boolean {
    return this.#isSteady
  }

  get report(): ServiceReport {
    const { arn, clusterArn, desiredCount } = this.#service
    const counts = (tasks: readonly Task[]): { pendingCount: number; runningCount: number } => ({
      runningCount: tasks.filter(({ status }) => status === 'RUNNING').length,
      pendingCount: tasks.filter(({ status }) => ['PROVISIONING', 'PENDING', 'ACTIVATING'].includes(status))
        .length,
    })
    return {
      service: arn,
      cluster: clusterArn,
      taskDefinition: this.#primary.definition.arn,
      desiredCount,
      ...counts(this.tasks),
      deployments: [this.#primary, ...this.#others]
        .map((one) => one.tell(counts(this.tasks.filter(({ deployment }) => deployment === one.id))))
        .toSorted((one, other) => Number(other.status === 'PRIMARY') - Number(one.status === 'PRIMARY')),
      events: this.events.newest,
      tasks: [...this.tasks, ...this.#stopped].map(reportOf),
    }
  }

  /** UpdateService: a changed definition, or force, is a new deployment; a changed count belongs to the one that there is. */
  update(update: Update): void {
    const before = this.#service
    const { forceNewDeployment, deployment, ...changes } = update
    this.#service = { ...before, ...changes }
    const more = this.#service.desiredCount - before.desiredCount
    const { definition } = this.#service
    if (forceNewDeployment || definition.arn !== this.#primary.definition.arn)
      this.#deploy(definition, deployment)
    // A failed one starts nothing any more.
    if (this.#primary.rolloutState !== 'FAILED') this.#primary.wanted = this.#service.desiredCount
    // What serves now is scaled out with the service (What's new, November 2025: availability during rolling deployments).
    const serving = this.#others.find((one) => one === this.#lastCompleted)
    if (serving !== undefined && more > 0) serving.wanted += more
    this.#isSteady = false
    this.#look()
  }

  /**
   * Takes the capacity of a Spot task back: SIGTERM at once. "Tasks might not be deregistered from a load balancer's target
   * group until the task transitions to STOPPED" (re:Post, "How do I handle Spot termination notices"): both can be played.
   *
   * @throws where there is no such task, or it is not on Spot
   */
  interrupt(id: string, order: 'at-once' | 'before-target' = 'at-once'): Promise<void> {
    const task = this.#find(id)
    if (task.capacityProvider !== 'FARGATE_SPOT') {
      throw new Error(`task ${id} runs on ${task.capacityProvider}; wanted: one on FARGATE_SPOT`)
    }
    return task.stop({ code: 'SpotInterruption', reason: 'Your Spot Task was interrupted.', order })
  }

  /** StopTask. */
  stopTask(id: string, reason = 'Task stopped by user'): Promise<void> {
    return this.#find(id).stop({ code: 'UserInitiated', reason })
  }

  /** Kills a task's containers without a word. */
  killTask(id: string): Promise<void> {
    return this.#find(id).kill()
  }

  /** Names lead elsewhere from now on, for tasks that run as well: `surroundings.routes` is asked again. */
  reroute(): void {
    for (const task of this.tasks) task.route(this.#options.surroundings.routes())
  }

  /** Kills all tasks, and starts none any more: when nobody is served any longer. */
  async kill(): Promise<void> {
    this.#isEnding = true
    await Promise.all(this.tasks.map((task) => task.kill()))
    await this.stop('at-once')
  }

  /**
   * Stops all tasks, and starts none any more. Nobody is served after it: it does not wait for targets to drain.
   *
   * @param order `drained` where requests that are under way are to end
   */
  async stop(order: Stop['order'] = 'at-once'): Promise<void> {
    this.#isEnding = true
    const reason = `Scaling activity initiated by (deployment ${this.#primary.id})`
    const stop: Stop = { code: 'ServiceSchedulerInitiated', reason, order }
    await Promise.all(this.tasks.map((task) => task.stop(stop)))
    this.#look()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (!this.#isEnding) {
      this.#isAwake = false
      try {
        await this.#step()
      } catch (error) {
        this.#options.surroundings.journal.write({ kind: 'problem', said: reasonOf(error) })
      }
      this.#tellReport()
      if (!this.#isAwake) await this.#rest()
    }
    this.#tellReport()
  }

  #look(): void {
    this.#isAwake = true
    this.#wake()
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.surroundings.intervals?.targets ?? INTERVAL)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #step(): Promise<void> {
    const targets = (await this.#options.surroundings.targetGroup?.describeHealth()) ?? []
    if (this.#isEnding) return
    this.#settleStopped()
    const readiness = this.#judge(targets)
    this.#breakCircuit()
    const now = Date.now()
    const step = nextStep({
      ...this.#service.rollout,
      desired: this.#service.desiredCount,
      primary: this.#viewOf(this.#primary, now),
      others: this.#others.map((one) => this.#viewOf(one, now)),
      tasks: [...readiness].map(([{ id, deployment, zone }, { state }]) => ({ id, deployment, zone, state })),
    })
    for (const one of this.#others) one.wanted = step.wanted.get(one.id) ?? one.wanted
    if (this.#primary.rolloutState === 'PENDING') {
      this.#primary.become('IN_PROGRESS', `ECS deployment ${this.#primary.id} in progress.`)
    }
    this.#stopThose(step.stop, readiness)
    for (const { deployment, count, replaced } of step.start) this.#start(deployment, count, replaced)
    if (step.stuck) this.events.stuck()
    this.#settle(readiness)
  }

  #viewOf(one: OpenDeployment, now: number): { id: string; wanted: number; mayStart: boolean } {
    return { id: one.id, wanted: one.wanted, mayStart: one.rolloutState !== 'FAILED' && now >= one.nextStart }
  }

  /** Forgets what has stopped, and counts what failed. */
  #settleStopped(): void {
    for (const task of this.tasks) {
      if (task.desiredStatus === 'STOPPED') this.#count(task)
      if (task.status !== 'STOPPED') continue
      this.#tasks.delete(task.id)
      this.#stopped.unshift(task)
      const forgotten = this.#stopped.splice(REMEMBERED)
      for (const { id } of forgotten)
        for (const set of [this.#wasHealthy, this.#wasUnhealthy, this.#counted]) set.delete(id)
    }
  }

  /**
   * A failure is a task that does not reach RUNNING, or fails a health check and is stopped (API reference: Deployment,
   * failedTasks); what ends before it ever was healthy did not pass one.
   */
  #count(task: Task): void {
    if (this.#counted.has(task.id)) return
    this.#counted.add(task.id)
    const deployment = this.#deploymentOf(task)
    if (deployment === undefined) return
    const neverStarted = task.stopCode === 'TaskFailedToStart'
    const failed =
      neverStarted ||
      (task.stopCode === 'EssentialContainerExited' && !this.#wasHealthy.has(task.id)) ||
      this.#wasUnhealthy.has(task.id)
    if (!failed) return
    if (deployment.isOpen) deployment.failedTasks++
    deployment.failedStarts = neverStarted ? deployment.failedStarts + 1 : 0
    const delay = throttle(deployment.failedStarts)
    deployment.nextStart = Date.now() + Math.max(delay, PAUSE)
    if (delay > 0) this.events.throttled()
  }

  #judge(targets: readonly TargetHealth[]): ReadonlyMap<Task, Readiness> {
    const { targetGroup, gracePeriod } = this.#service
    const isBalanced = targetGroup !== undefined && this.#options.surroundings.targetGroup !== undefined
    const judged = new Map<Task, Readiness>()
    for (const task of this.tasks) {
      if (task.desiredStatus === 'STOPPED') continue
      const target = targets.find(({ id }) => id === task.id)
      const readiness = readinessOf(task, { isBalanced, target, gracePeriod })
      judged.set(task, readiness)
      const deployment = this.#deploymentOf(task)
      if (task.status === 'RUNNING' && deployment !== undefined) deployment.failedStarts = 0
      if (readiness.state === 'healthy' && !this.#wasHealthy.has(task.id)) {
        this.#wasHealthy.add(task.id)
        if (deployment !== undefined) deployment.failedTasks = 0
      }
      if (readiness.state === 'unhealthy' && !this.#wasUnhealthy.has(task.id)) {
        this.#wasUnhealthy.add(task.id)
        if (readiness.by === 'container') this.events.failedHealthCheck(task.id)
        else {
          const port = targetGroup?.port ?? 0
          this.events.unhealthyTarget({
            task: task.id,
            port,
            targetGroup: this.#targetGroupArn,
            reason: readiness.reason,
          })
        }
      } else if (readiness.state === 'healthy') this.#wasUnhealthy.delete(task.id)
    }
    return judged
  }

  /**
   * Developer guide, "How the Amazon ECS deployment circuit breaker detects failures". What it goes back to was completed
   * once and is not judged again: nothing would be left to run.
   */
  #breakCircuit(): void {
    const { rollout, desiredCount } = this.#service
    const failed = this.#primary
    const isRollback = failed.wasCompleted
    if (!rollout.circuitBreaker || !failed.isOpen || isRollback) return
    if (failed.failedTasks < failureThreshold(desiredCount)) return
    failed.become('FAILED', 'ECS deployment circuit breaker: tasks failed to start.')
    this.events.failed(failed.id)
    this.#tellDeployment(failed)
    const back = this.#lastCompleted
    if (!rollout.rollback || back === undefined) {
      failed.wanted = [...this.#tasks.values()].filter(
        (task) =>
          task.deployment === failed.id && this.#wasHealthy.has(task.id) && !this.#wasUnhealthy.has(task.id),
      ).length
      return
    }
    failed.status = 'ACTIVE'
    failed.wanted = 0
    this.#others = [failed, ...this.#others.filter((one) => one !== back)]
    back.status = 'PRIMARY'
    back.wanted = desiredCount
    back.become('IN_PROGRESS', `ECS deployment circuit breaker: rolling back to deploymentId ${back.id}.`)
    this.#primary = back
    this.#service = { ...this.#service, definition: back.definition }
    this.#isSteady = false
    this.events.rollingBack(back.id)
    this.#tellDeployment(back)
  }

  #deploy(definition: TaskDefinition, id: string | undefined): void {
    const before = this.#primary
    before.status = 'ACTIVE'
    // What never got there is not brought back; what serves gives way last.
    before.wanted =
      before === this.#lastCompleted
        ? before.wanted
        : this.tasks.filter(
            ({ id, deployment, desiredStatus }) =>
              deployment === before.id && desiredStatus === 'RUNNING' && this.#wasHealthy.has(id),
          ).length
    this.#others = [before, ...this.#others].toSorted(
      (one, other) => Number(one === this.#lastCompleted) - Number(other === this.#lastCompleted),
    )
    this.#primary = new OpenDeployment(definition, this.#service.desiredCount, id)
    this.#tellDeployment(this.#primary)
  }

  #start(deployment: string, count: number, replaced: number): void {
    const found = [this.#primary, ...this.#others].find(({ id }) => id === deployment)
    if (found === undefined) return
    const started: string[] = []
    for (let one = 0; one < count; one++) {
      const running = this.tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING')
      const providers = new Map<string, number>()
      for (const { capacityProvider } of running) {
        providers.set(capacityProvider, (providers.get(capacityProvider) ?? 0) + 1)
      }
      const zones = running.filter((task) => task.deployment === deployment).map(({ zone }) => zone)
      const task = new Task({
        service: this.#service,
        definition: found.definition,
        deployment,
        capacityProvider: nextProvider(this.#service.capacity, providers),
        zone: leastUsed(this.#options.zones, zones) ?? `${this.#service.region}a`,
        surroundings: this.#options.surroundings,
        listener: this.#listener,
      })
      this.#tasks.set(task.id, task)
      this.#tasksStarted++
      started.push(task.id)
    }
    this.events.started(started, replaced)
  }

  #stopThose(ids: readonly string[], readiness: ReadonlyMap<Task, Readiness>): void {
    const running: string[] = []
    let pending = 0
    for (const id of ids) {
      const task = this.#find(id)
      if (task.status === 'RUNNING') running.push(id)
      else pending++
      void task.stop({ code: 'ServiceSchedulerInitiated', reason: this.#whyStopped(readiness.get(task)) })
    }
    if (running.length > 0) this.events.stoppedRunning(running)
    if (pending > 0) this.events.stoppedPending(pending)
  }

  /** Developer guide, "Amazon ECS stopped task error messages". */
  #whyStopped(readiness: Readiness | undefined): string {
    if (readiness?.state !== 'unhealthy')
      return `Scaling activity initiated by (deployment ${this.#primary.id})`
    return readiness.by === 'container'
      ? 'Task failed container health checks'
      : `Task failed ELB health checks in (target-group ${this.#targetGroupArn})`
  }

  /** Completes what is done. */
  #settle(readiness: ReadonlyMap<Task, Readiness>): void {
    const isGone = (one: OpenDeployment): boolean =>
      one.wanted === 0 && !this.tasks.some(({ deployment }) => deployment === one.id)
    for (const one of this.#others.filter(isGone)) one.status = 'INACTIVE'
    this.#others = this.#others.filter(({ status }) => status !== 'INACTIVE')
    const healthy = [...readiness].filter(([, { state }]) => state === 'healthy').length
    const { desiredCount } = this.#service
    const isDone = this.#others.length === 0 && healthy === desiredCount && this.tasks.length === desiredCount
    const wasSteady = this.#isSteady
    this.#isSteady = isDone && this.#primary.rolloutState !== 'FAILED'
    if (!this.#isSteady) return
    if (this.#primary.isOpen) {
      this.#primary.become('COMPLETED', `ECS deployment ${this.#primary.id} completed.`)
      this.#lastCompleted = this.#primary
      this.events.completed(this.#primary.id)
      this.#tellDeployment(this.#primary)
    }
    if (!wasSteady) this.events.steady()
  }

  #deploymentOf(task: Task): OpenDeployment | undefined {
    return [this.#primary, ...this.#others].find(({ id }) => id === task.deployment)
  }

  #find(id: string): Task {
    const found = this.#tasks.get(id)
    if (found === undefined)
      throw new Error(`${this.#service.name} has no task ${id}; wanted: one of its tasks`)
    return found
  }

  get #targetGroupArn(): string {
    return this.#service.targetGroup?.arn ?? ''
  }

  #tellDeployment({ id, definition, rolloutState }: OpenDeployment): void {
    this.#deployments.add(id)
    this.#options.surroundings.journal.write({
      kind: 'deployment',
      deployment: id,
      said: `${rolloutState}: ${definition.family}:${definition.revision}`,
    })
  }

  #tellReport(): void {
    const { report } = this
    const text = JSON.stringify(report)
    if (text === this.#reported) return
    this.#reported = text
    this.#options.report?.(report)
  }
}
