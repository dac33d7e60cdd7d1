import {
  type Figures,
  peakMemory,
  type ScenarioFigures,
  type ServerFigures,
  type SynthFigures,
} from './figures.ts'
import type { Machine } from './machine.ts'
import type { Spread } from './statistics.ts'

const MB = 1_000_000
/** The resident memory that the cart API may take under load, in bytes. */
const MEMORY_AIM = 150 * MB
/** How many times the time of a bare Node that loads the same classes the synthesis may take. */
const SYNTH_AIM = 1.5

const FIRST_COLUMN = 14
const COLUMN = 24

/** The figures as text for a terminal: medians with their range, then what became of the aims. */
export function report(figures: Figures): string {
  const { machine, rounds, seconds, connections, scenarios, starts, synth } = figures
  return [
    machineText(machine),
    `${rounds} rounds of ${seconds} s, ${connections} connections; medians (lowest-highest round)`,
    ...scenarios.flatMap(scenarioLines),
    '',
    'start, until the first answer of GET /cart',
    ...starts.map(({ title, milliseconds }) => `  ${title}: ${range(milliseconds, 0)} ms`),
    '',
    'synthesis of all stacks, from start to end',
    `  node infra/src/synth.mjs: ${range(synth.synth, 0)} ms`,
    `  bare Node, the same classes of the provider loaded: ${range(synth.bare, 0)} ms`,
    `  ratio: ${range(synth.ratio, 2)}`,
    '',
    'aims',
    ...aims(figures).map((line) => `  ${line}`),
    '',
  ].join('\n')
}

function machineText({ date, cpu, cores, memory, system, versions, load }: Machine): string {
  const { node, express, sqlite } = versions
  return [
    `${date.slice(0, 16).replace('T', ' ')} UTC · ${cores} cores of ${cpu}, ${(memory / 1e9).toFixed(0)} GB · ${system}`,
    `Node ${node} · Express ${express} · SQLite ${sqlite} · load before the start ${load.toFixed(1)}`,
  ].join('\n')
}

function scenarioLines({ title, answerBytes, cartApi, bare, cpuRatio, adds }: ScenarioFigures): string[] {
  return [
    '',
    `${title}: answers of ${answerBytes} bytes`,
    row('', ['CPU µs/request', 'requests/s', 'p50 ms', 'p99 ms', 'memory peak MB']),
    serverRow('cart API', cartApi),
    serverRow('bare Express', bare),
    row('ratio', [range(cpuRatio, 2)]),
    ...(adds === undefined ? [] : [row('client adds', [range(adds.microseconds, 1), `to ${adds.to}`])]),
  ]
}

function serverRow(name: string, figures: ServerFigures): string {
  return row(name, [
    range(figures.cpuPerRequest, 1),
    range(figures.requestsPerSecond, 0),
    range(figures.p50, 1),
    range(figures.p99, 1),
    range(figures.peakMemory, 0, MB),
  ])
}

function row(first: string, cells: readonly string[]): string {
  return `  ${first.padEnd(FIRST_COLUMN)}${cells.map((cell) => cell.padEnd(COLUMN)).join('')}`.trimEnd()
}

function range({ median, min, max }: Spread, digits: number, unit = 1): string {
  const [middle, low, high] = [median, min, max].map((value) => (value / unit).toFixed(digits))
  return low === high ? `${middle}` : `${middle} (${low}-${high})`
}

/** One line for each aim. They are told, never enforced: another machine, or a busy one, has other figures. */
function aims({ scenarios, starts, synth }: Figures): string[] {
  const memory = peakMemory(scenarios)
  return [
    ...scenarios.flatMap(({ title, aim, cpuRatio: { median } }) =>
      aim === undefined
        ? []
        : [
            `${verdict(median <= aim)} ${title}: ${median.toFixed(2)} × the CPU time of bare Express, at most ${aim} ×`,
          ],
    ),
    `${verdict(memory <= MEMORY_AIM)} resident memory: ${(memory / MB).toFixed(0)} MB, at most ${MEMORY_AIM / MB} MB`,
    ...starts.flatMap(({ title, aim, milliseconds: { median } }) =>
      aim === undefined
        ? []
        : [`${verdict(median <= aim)} ${title}: ${median.toFixed(0)} ms, at most ${aim} ms`],
    ),
    synthAim(synth),
  ]
}

function synthAim({ ratio: { median } }: SynthFigures): string {
  return `${verdict(median <= SYNTH_AIM)} synthesis: ${median.toFixed(2)} × the time of a bare Node, at most ${SYNTH_AIM} ×`
}

function verdict(met: boolean): string {
  return met ? 'met   ' : 'missed'
}
