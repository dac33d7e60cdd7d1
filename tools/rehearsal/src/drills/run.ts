import { setTimeout as sleep } from 'node:timers/promises'
import { Clients } from '../clients/index.ts'
import { RehearsalProblem } from '../problem.ts'
import type { Remote } from '../rehearsal/remote.ts'
import { DRILLS, type DrillName } from './drills.ts'
import { Load } from './load/load.ts'
import type { LoadReport } from './load/report.ts'
import { always, type Judge } from './stage/judge.ts'
import type { Drill, DrillSettings } from './stage/stage.ts'
import { isServing, Watch } from './stage/watch.ts'

/** How long the load goes on before something happens, and when it is over, in milliseconds. */
const BEFORE = 3_000
const AFTER = 2_000
/** How long a service may take to be as it should before anything happens, in milliseconds. */
const STEADY_PATIENCE = 120_000

export interface DrillOptions extends Partial<DrillSettings> {
  /** How many clients there are. @default 8 */
  readonly clients?: number
  /** Requests a second, of all clients together. @default 20 */
  readonly rate?: number
  /** Told what happens. */
  readonly tell?: (line: string) => void
  /** Ends the drill at once; what it has changed is still put right. */
  readonly signal?: AbortSignal
}

export const DEFAULTS = { clients: 8, rate: 20, tasks: 4 } as const

export interface DrillReport {
  readonly drill: DrillName
  readonly isLate: boolean
  readonly held: boolean
  /** What did not hold, in words. */
  readonly broken: readonly string[]
  readonly milliseconds: number
  readonly load: LoadReport
}

/** A drill that this environment does not allow; the message says why. */
export class DrillRefused extends RehearsalProblem {}

/**
 * Plays a drill on a running rehearsal under a steady load, and leaves it as it was.
 *
 * @throws {DrillRefused} where the environment does not have what it needs
 * @throws {RehearsalProblem} where the rehearsal cannot be used
 */
export async function runDrill(
  remote: Remote,
  name: DrillName,
  options: DrillOptions = {},
): Promise<DrillReport> {
  const { clients = DEFAULTS.clients, rate = DEFAULTS.rate, tell = () => undefined } = options
  const { signal = new AbortController().signal } = options
  const settings = { tasks: options.tasks ?? DEFAULTS.tasks, isLate: options.isLate ?? false }
  const drill: Drill = DRILLS[name]
  const began = performance.now()
  const note = (line: string): void => tell(`${shownMoment(performance.now() - began)}  ${line}`)
  const watch = await Watch.start({ remote, tell: note, signal })
  const missing = drill.missing(watch.state, settings)
  if (missing !== undefined) throw new DrillRefused(`${name} cannot be played: ${missing}`)
  const { api } = await watch.until(
    'the service serves with all its tasks',
    (state) => isServing(state),
    STEADY_PATIENCE,
  )

  const undos: (() => Promise<void>)[] = []
  const undo = (body: () => Promise<void>): void => void undos.unshift(body)
  const load = await Load.start({ api, clients, rate })
  note(`load: ${rate} requests a second by ${clients} clients`)
  let judge: Judge = () => []
  const broken: string[] = []
  try {
    await watch.pause(BEFORE)
    load.phase = 'during'
    const { running } = remote
    const aws = new Clients(running.aws, running.aws.keys)
    judge = await drill.play({ remote, aws, watch, load, settings, signal, note, undo })
    load.phase = 'after'
    await sleep(AFTER, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) broken.push(reasonOf(error))
  } finally {
    for (const body of undos)
      await body().catch((error: unknown) => broken.push(`not put right: ${reasonOf(error)}`))
    if (signal.aborted) load.abort()
  }
  signal.throwIfAborted()
  const report = await load.stop()
  broken.push(...judge(report), ...always(report))
  return {
    drill: name,
    isLate: settings.isLate,
    held: broken.length === 0,
    broken,
    milliseconds: performance.now() - began,
    load: report,
  }
}

/** What is nobody's word for a user leads to a defect. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error instanceof RehearsalProblem ? error.message : (error.stack ?? error.message)
}

/** `  3.2 s`, one below the other. */
function shownMoment(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1).padStart(6)} s`
}
