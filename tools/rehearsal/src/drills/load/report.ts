import { type Answer, isFailed, isRetryLater, isStrange, PHASES, type Phase } from './answer.ts'
import type { Findings } from './cart.ts'

export interface PhaseReport {
  readonly requests: number
  /** Among them those that said when to come again. */
  readonly failed: number
  /** Milliseconds, as all of these; 0 where there was no request. */
  readonly p50: number
  readonly p99: number
  readonly longest: number
}

/** What became of all requests and carts. */
export interface LoadReport {
  readonly requests: number
  /** Requests that were not sent, as too many were open. */
  readonly heldBack: number
  /** By status, as `200`, `503 with Retry-After`, `cut`. */
  readonly answers: Readonly<Record<string, number>>
  /** Answered 5xx, or cut off, refused, or not answered in time. */
  readonly failed: number
  /** Among them 503 with `Retry-After`. */
  readonly retryLater: number
  readonly phases: Readonly<Record<Phase, PhaseReport>>
  readonly longest: Answer | undefined
  /** Answers by the process that gave them. */
  readonly instances: Readonly<Record<string, number>>
  /** All of `failed` but those of `retryLater`, and what is neither a failure nor what was asked for. */
  readonly troubles: readonly Answer[]
  readonly carts: Findings & {
    readonly count: number
    /** Those that told nothing when all was over. */
    readonly silent: number
  }
}

export interface Told {
  readonly answers: readonly Answer[]
  readonly heldBack: number
  /** One for each cart; nothing for one that could not be asked. */
  readonly audits: readonly (Findings | undefined)[]
}

export function reportOf({ answers, heldBack, audits }: Told): LoadReport {
  const sum = (name: keyof Findings): number => audits.reduce((total, one) => total + (one?.[name] ?? 0), 0)
  const phaseOf = (phase: Phase): PhaseReport =>
    phaseReport(answers.filter((answer) => answer.phase === phase))
  return {
    requests: answers.length,
    heldBack,
    answers: counted(answers.map(nameOf)),
    failed: answers.filter(isFailed).length,
    retryLater: answers.filter(isRetryLater).length,
    phases: { before: phaseOf('before'), during: phaseOf('during'), after: phaseOf('after') },
    longest: answers.reduce<Answer | undefined>(
      (longest, one) => (one.milliseconds > (longest?.milliseconds ?? -1) ? one : longest),
      undefined,
    ),
    instances: counted(answers.flatMap(({ instance }) => instance ?? [])),
    troubles: answers.filter((one) => isStrange(one) || (isFailed(one) && !isRetryLater(one))),
    carts: {
      count: audits.length,
      silent: audits.filter((one) => one === undefined).length,
      lost: sum('lost'),
      invented: sum('invented'),
      stale: sum('stale'),
    },
  }
}

/** In the order of {@link PHASES}. */
export function phasesOf({ phases }: LoadReport): readonly (readonly [Phase, PhaseReport])[] {
  return PHASES.map((phase) => [phase, phases[phase]])
}

export function nameOf(answer: Answer): string {
  return isRetryLater(answer) ? '503 with Retry-After' : String(answer.outcome)
}

export function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)))
}

function phaseReport(answers: readonly Answer[]): PhaseReport {
  const waits = answers.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other)
  return {
    requests: answers.length,
    failed: answers.filter(isFailed).length,
    p50: percentile(waits, 50),
    p99: percentile(waits, 99),
    longest: waits.at(-1) ?? 0,
  }
}

/** The nearest rank: so many percent are at most that. */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? 0
}
