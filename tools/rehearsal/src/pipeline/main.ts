// `npm run pipeline`: see options.ts for what it does.

import path from 'node:path'
import { runCommand } from '../command.ts'
import { RehearsalProblem } from '../problem.ts'
import { Remote } from '../rehearsal/remote.ts'
import { RehearsalFolder } from '../rehearsal/running.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { playPipeline } from './play.ts'
import { shownOutcome } from './shown.ts'

const REPOSITORY = path.resolve(import.meta.dirname, '../../../..')
const CODES = { Succeeded: 0, Failed: 1, Stopped: 1, Waiting: 3 } as const

async function play(options: Options, signal: AbortSignal): Promise<void> {
  const { environment, isVerbose } = options
  const running = RehearsalFolder.of(process.env).running()
  if (running?.environment !== environment) {
    const found = running === undefined ? 'no rehearsal runs' : `a rehearsal of ${running.environment} runs`
    throw new RehearsalProblem(
      `${found}; wanted: one of ${environment}: npm run rehearse -- ${environment} --pipeline --keep`,
    )
  }
  const outcome = await playPipeline(new Remote(running), {
    ...options,
    repository: REPOSITORY,
    tell: (line) => console.log(line),
    ...(isVerbose ? { hear: (line: string) => console.log(`  | ${line}`) } : {}),
    signal,
  })
  console.log(shownOutcome(outcome))
  process.exitCode ??= CODES[outcome.status]
}

await runCommand(
  {
    name: 'pipeline',
    help: HELP,
    read: readOptions,
    ending: 'stopping the execution, and undoing what it has begun',
  },
  play,
)
