import {
  addition,
  type Figures,
  type ScenarioFigures,
  type StartFigures,
  summarize,
  summarizeSynth,
} from './figures.ts'
import { describeMachine } from './machine.ts'
import type { Options } from './options.ts'
import { measurePair, type Pair } from './pair.ts'
import { Progress } from './progress.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { buildCartApi } from './servers/server.ts'
import { DIRECT, NPM_START, startTime } from './start-time.ts'
import { spread } from './statistics.ts'
import { type SynthTimes, synthTimes } from './synth-time.ts'

/** The most that the second `npm start` may take, in milliseconds. */
const NPM_START_AIM = 3_000

export interface RunOptions extends Options {
  /** A folder for everything that is written on the way. */
  readonly scratch: string
  readonly signal: AbortSignal
}

/** Measures everything. Rounds go over all scenarios, so that a slow minute does not fall on one of them alone. */
export async function run(options: RunOptions): Promise<Figures> {
  const { rounds, seconds, connections, stores, quick, scratch, signal } = options
  const scenarios = SCENARIOS.filter(({ store }) => stores.includes(store))
  const machine = describeMachine()
  const commands = quick ? [DIRECT] : [DIRECT, NPM_START]
  const progress = new Progress(rounds * (2 * scenarios.length + commands.length + 1))
  const pairs = new Map<string, Pair[]>(scenarios.map(({ name }) => [name, []]))
  const starts = new Map<string, number[]>(commands.map(({ title }) => [title, []]))
  const synths: SynthTimes[] = []
  try {
    await buildCartApi(signal)
    // The first `npm start` may have things to install and to build; the figures are for those after it.
    if (!quick) await startTime(NPM_START, scratch, signal)
    // The first synthesis may have files to compile, which the others find in Node's cache.
    if (!quick) await synthTimes(scratch, signal)
    for (let round = 1; round <= rounds; round++) {
      const tell = (what: string): void => progress.next(`round ${round}: ${what}`)
      for (const command of commands) {
        tell(`start: ${command.title}`)
        starts.get(command.title)?.push(await startTime(command, scratch, signal))
      }
      tell('synthesis of all stacks')
      synths.push(await synthTimes(scratch, signal))
      for (const scenario of scenarios) {
        const pair = await measurePair(scenario, {
          ...options,
          progress: (server) => tell(`${scenario.title}: ${server}`),
        })
        pairs.get(scenario.name)?.push(pair)
      }
    }
  } finally {
    progress.end()
  }
  return {
    machine,
    rounds,
    seconds,
    connections,
    scenarios: scenarios.map((scenario) => figuresOf(scenario, pairs)),
    starts: commands.map(
      ({ title }): StartFigures => ({
        title,
        milliseconds: spread(starts.get(title) ?? []),
        ...(title === NPM_START.title ? { aim: NPM_START_AIM } : {}),
      }),
    ),
    synth: summarizeSynth(synths),
  }
}

function figuresOf(scenario: Scenario, measured: ReadonlyMap<string, readonly Pair[]>): ScenarioFigures {
  const pairs = measured.get(scenario.name) ?? []
  const figures = summarize(scenario, pairs)
  const other = SCENARIOS.find(({ name }) => name === scenario.beside)
  const beside = other && measured.get(other.name)
  if (beside === undefined) return figures
  return { ...figures, adds: addition(other?.title ?? '', { pairs, beside }) }
}
