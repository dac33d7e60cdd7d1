import { type Figures, summarize, summarizeSynth } from './figures.ts'
import type { Measurement } from './measure.ts'
import { report } from './report.ts'

const MB = 1_000_000

function measurement(cpuPerRequest: number, peakMemory: number): Measurement {
  return { answers: 1000, requestsPerSecond: 250, cpuPerRequest, p50: 4, p99: 9, peakMemory }
}

function figures(cartApiCpu: readonly number[], peakMemory: number, startMs: number, synthMs = 300): Figures {
  const pairs = cartApiCpu.map((cpu) => ({
    cartApi: measurement(cpu, peakMemory),
    bare: measurement(50, 90 * MB),
    answerBytes: 2500,
  }))
  return {
    machine: {
      date: '2026-11-21T12:00:00.000Z',
      cpu: 'a CPU',
      cores: 2,
      memory: 8e9,
      system: 'linux 6 x64',
      versions: { node: '24.0.0', express: '5.0.0', sqlite: '3.0.0' },
      load: 0.25,
    },
    rounds: cartApiCpu.length,
    seconds: 4,
    connections: 64,
    scenarios: [summarize({ name: 'get', title: 'GET /cart', aim: 2 }, pairs)],
    starts: [
      { title: 'npm start', milliseconds: { median: startMs, min: startMs, max: startMs }, aim: 3000 },
    ],
    synth: summarizeSynth([{ synth: synthMs, bare: 200 }]),
  }
}

test('medians stand with their range, and the ratio is taken within each round', () => {
  const text = report(figures([80, 110, 90], 120 * MB, 900))

  expect(text).toMatch(/cart API +90\.0 \(80\.0-110\.0\) +250 /)
  expect(text).toMatch(/bare Express +50\.0 +250 /)
  expect(text).toMatch(/ratio +1\.80 \(1\.60-2\.20\)/)
})

test('what a client adds stands beside what it is added to', () => {
  const { scenarios, ...rest } = figures([80, 110, 90], 120 * MB, 900)
  const adds = { to: 'GET /cart', microseconds: { median: 12, min: 10, max: 15 } }
  const text = report({ ...rest, scenarios: scenarios.map((scenario) => ({ ...scenario, adds })) })

  expect(text).toMatch(/client adds +12\.0 \(10\.0-15\.0\) +to GET \/cart/)
})

test('aims that are reached are called met', () => {
  const text = report(figures([100], 150 * MB, 3000))

  expect(text).not.toContain('missed')
  expect(text.match(/met /g)).toHaveLength(4)
})

test('aims that are not reached are called missed, with what was found and what was wanted', () => {
  const text = report(figures([110], 160 * MB, 3100, 320))

  expect(text).toContain('missed GET /cart: 2.20 × the CPU time of bare Express, at most 2 ×')
  expect(text).toContain('missed resident memory: 160 MB, at most 150 MB')
  expect(text).toContain('missed npm start: 3100 ms, at most 3000 ms')
  expect(text).toContain('missed synthesis: 1.60 × the time of a bare Node, at most 1.5 ×')
})
