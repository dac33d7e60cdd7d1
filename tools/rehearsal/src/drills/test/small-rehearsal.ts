import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HttpFaultProxy, startHttpFaultProxy } from '@cartwright/test-servers'
import { Counts } from '../../load-balancer/journal/counts.ts'
import { type LoadBalancer, startLoadBalancer } from '../../load-balancer/load-balancer.ts'
import { balancer, GROUP, group } from '../../load-balancer/test/declared.ts'
import { Control } from '../../rehearsal/control.ts'
import { RehearsalFolder } from '../../rehearsal/running.ts'
import type { RehearsalState } from '../../rehearsal/state.ts'
import { ApiProcess } from './api-process.ts'

/** So long it takes until a dead task is noticed, in milliseconds. */
const NOTICED_AFTER = 100

/**
 * What drills see of a rehearsal, with two API processes on one SQLite file behind a load balancer and no AWS: enough for those
 * that kill tasks, and for seeing that faults end.
 */
export class SmallRehearsal {
  /** What CARTWRIGHT_CACHE is to be for commands that look for it. */
  readonly folder: string
  readonly faults: string[] = []
  readonly #tasks = new Map<string, ApiProcess>()
  readonly #counts = new Counts()
  readonly #balancer: LoadBalancer
  readonly #front: HttpFaultProxy
  #control: Control | undefined
  #started = 0

  private constructor(folder: string, balancer: LoadBalancer, front: HttpFaultProxy) {
    this.folder = folder
    this.#balancer = balancer
    this.#front = front
    balancer.listen((event) => this.#counts.add(event))
  }

  static async start(): Promise<SmallRehearsal> {
    const folder = mkdtempSync(path.join(tmpdir(), 'small-rehearsal-'))
    const { healthCheck } = group()
    const targets = group({ healthCheck: { ...healthCheck, interval: 1, timeout: 1 } })
    const balanced = await startLoadBalancer(balancer({ targetGroups: [targets] }))
    const front = await startHttpFaultProxy(`http://127.0.0.1:${balanced.localPort(80)}`)
    const rehearsal = new SmallRehearsal(folder, balanced, front)
    await Promise.all([rehearsal.#startTask(), rehearsal.#startTask()])
    await rehearsal.#open()
    return rehearsal
  }

  async stop(): Promise<void> {
    await this.#control?.stop()
    await this.#front.stop()
    await this.#balancer.stop()
    await Promise.all([...this.#tasks.values()].map((api) => api.kill()))
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #open(): Promise<void> {
    this.#control = await Control.start({
      'GET /state': () => this.#state(),
      'POST /tasks/kill': ({ task }) => this.#killTask(String(task)),
      'POST /dynamodb': ({ fault }) => this.#setFault(String(fault)),
    })
    const folder = new RehearsalFolder(path.join(this.folder, 'rehearsal'))
    mkdirSync(folder.work)
    const { url, token } = this.#control
    const keys = { accessKeyId: 'local', secretAccessKey: 'local' }
    folder.write({
      environment: 'small',
      control: { url, token },
      aws: { endpoint: url, region: 'eu-west-1', keys },
      variables: {},
    })
  }

  async #startTask(): Promise<void> {
    const api = await ApiProcess.start(this.folder)
    this.#started += 1
    const id = `${'0'.repeat(8)}${api.port}`
    this.#tasks.set(id, api)
    this.#targets.register({ id, host: '127.0.0.1', port: api.port })
  }

  async #killTask(id: string): Promise<void> {
    await this.#tasks.get(id)?.kill()
    const replace = async (): Promise<void> => {
      await sleep(NOTICED_AFTER)
      this.#tasks.delete(id)
      void this.#targets.deregister(id)
      await this.#startTask()
    }
    void replace()
  }

  /** The store is another one, so that what it would lead to is played. */
  #setFault(fault: string): void {
    this.faults.push(fault)
    const headers = { 'retry-after': '1' }
    const body = '{"code":"store-unavailable","outcome":"none"}'
    this.#front.set(() =>
      fault === 'none' ? undefined : { does: 'answer', answer: { status: 503, headers, body } },
    )
  }

  #state(): RehearsalState {
    const targets = this.#targets.describeHealth()
    const tasks = [...this.#tasks.keys()].map((id) => ({
      id,
      status: 'RUNNING',
      deployment: 'ecs-svc/1',
      capacityProvider: 'FARGATE',
      zone: 'eu-west-1a',
      target: targets.find((target) => target.id === id)?.state ?? 'unused',
    }))
    return {
      environment: 'small',
      api: {
        url: 'http://shop.example.com',
        connectTo: { host: '127.0.0.1', port: Number(new URL(this.#front.url).port) },
      },
      service: {
        name: 'api',
        cluster: 'small',
        definition: 'api:1',
        desiredCount: 2,
        isSteady: tasks.length === 2 && tasks.every(({ target }) => target === 'healthy'),
        deployments: [],
        events: [],
      },
      tasks,
      tasksStarted: this.#started,
      redis: [],
      queues: [],
      requests: this.#counts.summary(),
      denials: [],
      steps: [],
    }
  }

  get #targets() {
    return this.#balancer.targetGroup(GROUP)
  }
}
