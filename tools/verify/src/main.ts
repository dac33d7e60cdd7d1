// `npm run verify`: see options.ts for what it does.

import { BadOptions, HELP, type Options, readOptions } from './options.ts'
import { type RunResult, run } from './run.ts'

async function verify(options: Options): Promise<void> {
  const { store, runs, faults, processes, clients } = options
  console.log(
    `${store}: ${runs} runs of ${options.operations} operations, ${processes} processes, ${clients} clients, seed ${options.seed}, faults: ${faults.join(', ') || 'none'}`,
  )
  const results: RunResult[] = []
  for (let index = 0; index < runs; index += 1) {
    const result = await run(options, options.seed + index)
    results.push(result)
    tell(result, `${index + 1}/${runs}`)
  }
  const sum = (count: (result: RunResult) => number) => results.reduce((total, one) => total + count(one), 0)
  const violations = sum((result) => result.violations.length)
  console.log(
    `${sum(({ answered }) => answered)} operations answered, ${sum(({ unknown }) => unknown)} with unknown outcome, ` +
      `${sum((result) => Object.values(result.faults).reduce((total, count) => total + count, 0))} faults, ${violations} violations`,
  )
  process.exitCode = violations === 0 ? 0 : 1
}

function tell({ seed, answered, unknown, faults, violations }: RunResult, progress: string): void {
  const told = Object.entries(faults).map(([name, count]) => `${name} ${count}`)
  console.log(
    `${progress}  seed ${seed}: ${answered} answered, ${unknown} unknown, ${told.join(', ') || 'no faults'}: ` +
      `${violations.length === 0 ? 'all explained' : `${violations.length} VIOLATIONS`}`,
  )
  for (const violation of violations) console.log(`  ${violation}`)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else await verify(options)
} catch (error) {
  if (!(error instanceof BadOptions)) throw error
  console.error(`${error.message}\n\n${HELP}`)
  process.exitCode = 1
}
