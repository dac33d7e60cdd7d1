import type { Guard } from '../guard/guard.ts'
import { Agent } from './agent.ts'
import { Journal } from './journal.ts'
import { Scheduler, type SchedulerOptions } from './scheduler/scheduler.ts'
import type { Stop, Surroundings } from './task/task.ts'

export interface EcsOptions extends Omit<SchedulerOptions, 'surroundings'> {
  readonly surroundings: Omit<Surroundings, 'guard' | 'agent' | 'journal'>
  /** Sees to it that no task outlives the rehearsal. */
  readonly guard: Guard
  /** @default a new one */
  readonly journal?: Journal
}

/** ECS and Fargate for one service, on this machine. */
export class Ecs {
  readonly scheduler: Scheduler
  readonly journal: Journal
  readonly #agent: Agent

  private constructor(options: EcsOptions, journal: Journal, agent: Agent) {
    this.journal = journal
    this.#agent = agent
    const { guard } = options
    const surroundings = { ...options.surroundings, guard, agent, journal }
    this.scheduler = new Scheduler({ ...options, surroundings })
  }

  /** Resolves when the first tasks are about to start. */
  static async start(options: EcsOptions): Promise<Ecs> {
    const { journal = new Journal() } = options
    return new Ecs(options, journal, await Agent.start())
  }

  /** Kills all tasks, and ends what they ask for credentials. */
  async kill(): Promise<void> {
    await this.scheduler.kill()
    await this.#agent.stop()
  }

  /** Stops all tasks, and what they ask for credentials. */
  async stop(order?: Stop['order']): Promise<void> {
    await this.scheduler.stop(order)
    await this.#agent.stop()
  }
}
