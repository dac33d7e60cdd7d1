// `npm run verify`: see options.ts for what it does.

import { writeFileSync } from 'node:fs'
import { BadOptions, HELP, type Options, readOptions } from './options.ts'
import { Progress } from './progress.ts'
import { headingOf, summaryOf, told } from './report.ts'
import { type RunResult, run } from './run.ts'

async function verify(options: Options): Promise<void> {
  console.log(headingOf(options))
  const progress = new Progress()
  const results: RunResult[] = []
  for (let index = 0; index < options.runs; index += 1) {
    const place = `${index + 1}/${options.runs}`
    const seed = options.seed + index
    const result = await run(options, seed, (step) => progress.tell(`${place}  seed ${seed}: ${step}`))
    results.push(result)
    progress.clear()
    console.log(`${place}  ${told(result)}`)
  }
  console.log(summaryOf(results))
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ options, runs: results }, undefined, 2)}\n`)
  }
  const isFine = results.every(({ violations, isUndecided }) => violations.length === 0 && !isUndecided)
  process.exitCode = isFine ? 0 : 1
}

// Processes that were started end with this one: what ends them listens to its exit, not to signals.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else await verify(options)
} catch (error) {
  if (!(error instanceof BadOptions)) throw error
  console.error(`${error.message}\n\n${HELP}`)
  process.exitCode = 1
}
