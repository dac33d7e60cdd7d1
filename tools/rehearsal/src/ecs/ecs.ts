import { Agent } from './agent.ts'
import { Guard } from './guard/guard.ts'
import { Journal } from './journal.ts'
import { Scheduler, type SchedulerOptions } from './scheduler/scheduler.ts'
import type { Stop, Surroundings } from './task/task.ts'

export interface EcsOptions extends Omit<SchedulerOptions, 'surroundings'> {
  readonly surroundings: Omit<Surroundings, 'guard' | 'agent' | 'journal'>
  /** @default a new one */
  readonly journal?: Journal
}

/** ECS and Fargate for one service, on this machine. */
export class Ecs {
  readonly scheduler: Scheduler
  readonly journal: Journal
  readonly #guard: Guard
  readonly #agent: Agent

  private constructor(options: EcsOptions, journal: Journal, guard: Guard, agent: Agent) {
    this.journal = journal
    this.#guard = guard
    this.#agent = agent
    const surroundings = { ...options.surroundings, guard, agent, journal }
    this.scheduler = new Scheduler({ ...options, surroundings })
  }

  /** Resolves when the first tasks are about to start. */
  static async start(options: EcsOptions): Promise<Ecs> {
    const { journal = new Journal() } = options
    const [guard, agent] = await Promise.all([Guard.start(), Agent.start()])
    return new Ecs(options, journal, guard, agent)
  }

  /** Stops all tasks, and everything else that it has started. */
  async stop(order?: Stop['order']): Promise<void> {
    await this.scheduler.stop(order)
    await this.#agent.stop()
    await this.#guard.stop()
  }
}
