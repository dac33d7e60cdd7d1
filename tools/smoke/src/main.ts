// `npm run smoke`: see options.ts for what it does.

import { BadOptions, HELP, type Options, readOptions } from './options.ts'
import { summaryOf, told } from './report.ts'
import { smoke } from './smoke.ts'

async function run({ smoke: options, isJson }: Options): Promise<void> {
  const tell = isJson ? console.error : console.log
  const report = await smoke({ ...options, tell: (result) => tell(told(result)) })
  tell(summaryOf(report))
  if (isJson) console.log(JSON.stringify(report, undefined, 2))
  process.exitCode = report.failed === 0 ? 0 : 1
}

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options === 'help') console.log(HELP)
  else await run(options)
} catch (error) {
  if (!(error instanceof BadOptions)) throw error
  console.error(`${error.message}\n\n${HELP}`)
  process.exitCode = 2
}
