// `npm run aws`: see options.ts for what it does.

import { Background } from './background/background.ts'
import type { Identity } from './emulator.ts'
import { environmentFor, shellLines } from './environment.ts'
import { BadOptions, HELP, type Options, readOptions } from './options.ts'
import { LocalAwsProblem } from './problem.ts'

async function carryOut({ command, port }: Options): Promise<void> {
  const background = new Background(process.env)
  switch (command) {
    case 'up': {
      const { emulator, isNew } = await background.up(port, (line) => console.error(line))
      console.log(`${isNew ? 'started' : 'runs already'}: ${where(emulator)}`)
      console.log('  eval "$(npm run -s aws -- env)"   points this shell at it')
      console.log('  npm run aws -- down               ends it')
      return
    }
    case 'down':
      console.log((await background.down()) ? 'ended' : 'it does not run')
      return
    case 'status': {
      const emulator = await background.running()
      console.log(emulator === undefined ? 'it does not run' : `runs: ${where(emulator)}`)
      process.exitCode = emulator === undefined ? 1 : 0
      return
    }
    case 'env': {
      const emulator = await background.running()
      if (emulator === undefined) throw new LocalAwsProblem('it does not run; start it: npm run aws -- up')
      const { endpoint } = emulator
      const environment = environmentFor({ endpoint, base: process.env, folder: background.folder })
      for (const line of shellLines(environment)) console.log(line)
    }
  }
}

function where({ endpoint, pid }: Identity): string {
  return `${endpoint} (process ${pid})`
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else await carryOut(options)
} catch (error) {
  if (error instanceof BadOptions) console.error(`${error.message}\n\n${HELP}`)
  else if (error instanceof LocalAwsProblem) console.error(`local-aws: ${error.message}`)
  else throw error
  process.exitCode = 1
}
