// `npm run cost`: see options.ts for what it does.

import '@cartwright/infra/fast-loading'

const { BadOptions } = await import('@cartwright/deploy/program')
const { HELP, readOptions } = await import('./options.ts')

// Whoever reads what is said may go (`| head`).
process.stdout.on('error', () => undefined)
try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else {
    const { cost } = await import('./cost.ts')
    console.log(await cost(options, process.env, console.error))
  }
} catch (error) {
  const { BadEnvironments } = await import('@cartwright/environments')
  const { BadStacks } = await import('@cartwright/infra/stack-json')
  if (error instanceof BadOptions) console.error(`${error.message}\n\n${HELP}`)
  else if (error instanceof BadStacks || error instanceof BadEnvironments) console.error(error.message)
  else throw error
  process.exitCode = 2
}
