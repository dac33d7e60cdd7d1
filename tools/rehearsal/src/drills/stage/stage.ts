import type { Clients } from '../../clients/index.ts'
import type { Remote } from '../../rehearsal/remote.ts'
import type { RehearsalState } from '../../rehearsal/state.ts'
import type { Load } from '../load/load.ts'
import type { Judge } from './judge.ts'
import type { Watch } from './watch.ts'

/** What a drill may be given beside its name. */
export interface DrillSettings {
  /** `scale`: to so many tasks. */
  readonly tasks: number
  /** `spot-interruption`: the target group hears of it last. */
  readonly isLate: boolean
}

/** Where a drill is played: the running rehearsal, under load. */
export interface Stage {
  readonly remote: Remote
  /** AWS, as whoever rehearses. */
  readonly aws: Clients
  readonly watch: Watch
  readonly load: Load
  readonly settings: DrillSettings
  /** Aborted when the drill is to end at once. */
  readonly signal: AbortSignal
  /** Tells what is being done. */
  readonly note: (line: string) => void
  /** What is done when the drill is over, however it ends; the last one first. */
  readonly undo: (body: () => Promise<void>) => void
}

export interface Drill {
  /** What happens, in a sentence. */
  readonly about: string
  /** What the environment must have, in words. */
  readonly needs: string
  /** What holds meanwhile, in a sentence. */
  readonly promises: string
  /** What of `needs` is missing, in words; nothing where it can be played. */
  missing(state: RehearsalState, settings: DrillSettings): string | undefined
  /**
   * Plays it until the service is as it was.
   *
   * @returns what judges what became of requests
   * @throws {RehearsalProblem} where something does not come in time
   */
  play(stage: Stage): Promise<Judge>
}
