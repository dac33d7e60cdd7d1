// `npm run release`, `rollback`, `promote`: see options.ts for what they do.

import { ask } from '@cartwright/deploy/ask'
import { run, TWICE } from '@cartwright/deploy/program'
import { promote } from './commands/promote.ts'
import { release } from './commands/release.ts'
import { rollback } from './commands/rollback.ts'
import type { Talk } from './commands/talk.ts'
import { COMMANDS, HELPS, type Options, readOptions } from './options.ts'

const command = COMMANDS.find((one) => one === process.argv[2])
if (command === undefined) throw new Error(`wanted: one of ${COMMANDS.join(', ')}`)
const tell = (line: string): void => console.log(line)
const stopping = new AbortController()
let isUndoable = false
let asked: number | undefined

/** The first signal undoes what was begun; whoever insists leaves it as it is. */
function interrupt(): boolean {
  if (!isUndoable) return false
  const now = Date.now()
  if (asked === undefined) {
    asked = now
    tell('interrupted: undoes what was begun; once more leaves it as it is')
    stopping.abort()
    return true
  }
  // The terminal and npm may both pass it on.
  if (now - asked < TWICE) return true
  tell(
    `left as it is: the same command goes on with it, npm run rollback goes back; a rollback may want a tag`,
  )
  return false
}

function talkOf({ isYes }: Options): Talk {
  return {
    tell,
    agree: async (question) => (isYes ? undefined : ask(question)),
    env: process.env,
    signal: stopping.signal,
    undoable: async (work) => {
      isUndoable = true
      return await work.finally(() => {
        isUndoable = false
      })
    },
  }
}

await run({ name: command, help: HELPS[command], tell, interrupt }, async () => {
  const options = readOptions(command, process.argv.slice(3))
  if (options === 'help') {
    console.log(HELPS[command])
    return
  }
  const talk = talkOf(options)
  if (options.command === 'release') await release(options, talk)
  else if (options.command === 'rollback') await rollback(options, talk)
  else await promote(options, talk)
})
