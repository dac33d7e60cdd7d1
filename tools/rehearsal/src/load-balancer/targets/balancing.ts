import type { TargetGroupConfiguration } from '../declared/configuration.ts'
import { shareOf } from './slow-start.ts'
import type { Target } from './target.ts'
import { Turns } from './turns.ts'

/** Chooses among targets that may get a request. AWS: "Edit target group attributes", routing algorithm. */
export class Balancing {
  readonly #group: Pick<TargetGroupConfiguration, 'algorithm' | 'slowStart'>
  readonly #turns = new Turns<Target>()

  constructor(group: Pick<TargetGroupConfiguration, 'algorithm' | 'slowStart'>) {
    this.#group = group
  }

  /** @param now the clock's milliseconds */
  choose(targets: readonly Target[], now: number): Target | undefined {
    switch (this.#group.algorithm) {
      case 'round_robin': {
        const share = (target: Target): number => shareOf(target, this.#group.slowStart, now)
        // Where all have just begun, none has a share yet.
        return this.#turns.next(targets, share) ?? this.#turns.next(targets, () => 1)
      }
      case 'least_outstanding_requests': {
        const least = Math.min(...targets.map(({ outstanding }) => outstanding.size))
        return this.#turns.next(
          targets.filter(({ outstanding }) => outstanding.size === least),
          () => 1,
        )
      }
      case 'weighted_random':
        return targets[Math.floor(Math.random() * targets.length)]
    }
  }
}
