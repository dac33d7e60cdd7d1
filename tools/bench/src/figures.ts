import type { Machine } from './machine.ts'
import type { Measurement } from './measure.ts'
import type { Pair } from './pair.ts'
import { pairedRatio, type Spread, spread } from './statistics.ts'
import type { SynthTimes } from './synth-time.ts'

/** Everything that one run of the benchmark has found: what `--json` writes. */
export interface Figures {
  readonly machine: Machine
  readonly rounds: number
  readonly seconds: number
  readonly connections: number
  readonly scenarios: readonly ScenarioFigures[]
  readonly starts: readonly StartFigures[]
  readonly synth: SynthFigures
}

export interface ScenarioFigures {
  readonly name: string
  readonly title: string
  /** How many times the CPU time of bare Express a request may cost, where something is aimed at. */
  readonly aim?: number
  readonly answerBytes: number
  readonly cartApi: ServerFigures
  readonly bare: ServerFigures
  /** CPU time per request, cart API / bare Express, of each round. */
  readonly cpuRatio: Spread
  /** What a request costs more than with the embedded store, where that is asked for. */
  readonly adds?: Addition
}

export interface Addition {
  /** The title of the scenario with the same requests. */
  readonly to: string
  /** CPU time of the cart API, in microseconds, of each round. */
  readonly microseconds: Spread
}

/** See {@link Measurement} for the units. */
export type ServerFigures = { readonly [Figure in (typeof MEASURED)[number]]: Spread }

export interface StartFigures {
  readonly title: string
  /** Until the first answer, in milliseconds. */
  readonly milliseconds: Spread
  /** The most that is aimed at, in milliseconds. */
  readonly aim?: number
}

/** See {@link SynthTimes} for the two processes; milliseconds. */
export interface SynthFigures {
  readonly synth: Spread
  readonly bare: Spread
  /** Synthesis / bare Node, of each round. */
  readonly ratio: Spread
}

const MEASURED = ['cpuPerRequest', 'requestsPerSecond', 'p50', 'p99', 'peakMemory'] as const

/** Takes each round's CPU time of the one scenario off that of the other, which has the same requests. */
export function addition(
  to: string,
  { pairs, beside }: { readonly pairs: readonly Pair[]; readonly beside: readonly Pair[] },
): Addition {
  return {
    to,
    microseconds: spread(
      pairs.map(
        ({ cartApi }, round) => cartApi.cpuPerRequest - (beside[round]?.cartApi.cpuPerRequest ?? Number.NaN),
      ),
    ),
  }
}

/** @param times one for each round */
export function summarizeSynth(times: readonly SynthTimes[]): SynthFigures {
  const synth = times.map((time) => time.synth)
  const bare = times.map((time) => time.bare)
  return { synth: spread(synth), bare: spread(bare), ratio: pairedRatio(synth, bare) }
}

/** @param pairs one for each round */
export function summarize(
  { name, title, aim }: Pick<ScenarioFigures, 'name' | 'title' | 'aim'>,
  pairs: readonly Pair[],
): ScenarioFigures {
  const cartApi = pairs.map((pair) => pair.cartApi)
  const bare = pairs.map((pair) => pair.bare)
  const cpuOf = (measurement: Measurement): number => measurement.cpuPerRequest
  return {
    name,
    title,
    ...(aim === undefined ? {} : { aim }),
    answerBytes: pairs[0]?.answerBytes ?? 0,
    cartApi: serverFigures(cartApi),
    bare: serverFigures(bare),
    cpuRatio: pairedRatio(cartApi.map(cpuOf), bare.map(cpuOf)),
  }
}

function serverFigures(measurements: readonly Measurement[]): ServerFigures {
  const of = (figure: (typeof MEASURED)[number]): Spread =>
    spread(measurements.map((measurement) => measurement[figure]))
  return {
    cpuPerRequest: of('cpuPerRequest'),
    requestsPerSecond: of('requestsPerSecond'),
    p50: of('p50'),
    p99: of('p99'),
    peakMemory: of('peakMemory'),
  }
}

/** The highest resident memory of the cart API in any round, in bytes, without a client that is measured for itself. */
export function peakMemory(scenarios: readonly ScenarioFigures[]): number {
  const own = scenarios.filter(({ adds }) => adds === undefined)
  return Math.max(...own.map(({ cartApi }) => cartApi.peakMemory.max))
}
