import { explore } from './explore.ts'
import { BadOptions, HELP, listOfRules, type Options, readOptions } from './options.ts'
import { protocol } from './protocol/protocol.ts'
import { nameOf } from './protocol/step.ts'
import { drawTimeline } from './timeline.ts'

const EXIT_CODES = { complete: 0, violation: 1, stopped: 2 } as const

function main(): void {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') process.stdout.write(HELP)
  else if (options === 'list') process.stdout.write(listOfRules())
  else search(options)
}

function search({ sizes, broken, progress }: Options): void {
  const started = performance.now()
  const seconds = (): string => `${((performance.now() - started) / 1000).toFixed(1)} s`
  const result = explore(protocol(sizes, broken), {
    onLevel: (depth, states) => {
      if (progress) process.stderr.write(`depth ${depth}, ${states} states, ${seconds()}\n`)
    },
  })
  const subject = broken === undefined ? 'the protocol' : `without ${broken}`
  const effort = `${result.states} states, ${seconds()}`
  process.exitCode = EXIT_CODES[result.outcome]
  if (result.outcome === 'violation') {
    const { timeline } = result
    const processes = Array.from({ length: sizes.processes }, (_, index) => nameOf(index))
    process.stdout.write(`${subject}: ${timeline.at(-1)?.violation}; ${effort}\n\n`)
    process.stdout.write(drawTimeline(timeline, processes))
  } else if (result.outcome === 'stopped') {
    process.stdout.write(`${subject}: no stale read so far; stopped at depth ${result.depth}, ${effort}\n`)
  } else {
    process.stdout.write(`${subject}: no stale read; complete at depth ${result.depth}, ${effort}\n`)
  }
}

try {
  main()
} catch (error) {
  if (!(error instanceof BadOptions)) throw error
  process.stderr.write(`${error.message}\n\n${HELP}`)
  process.exitCode = 2
}
