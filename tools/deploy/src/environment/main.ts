// `npm run deploy`, `diff`, `destroy`, `output`: see options.ts for what they do.

import { ask } from '../ask.ts'
import { findState } from '../backend/state.ts'
import { run } from '../program.ts'
import { claim } from './claim.ts'
import { deploy, diff, type Talk } from './deploy.ts'
import { destroy } from './destroy.ts'
import { COMMANDS, HELPS, type Options, readOptions } from './options.ts'
import { shownOutputs } from './output.ts'
import { findPlace, type Place } from './place.ts'
import { isReleased, NOT_RELEASED } from './release.ts'

const command = COMMANDS.find((one) => one === process.argv[2])
if (command === undefined) throw new Error(`wanted: one of ${COMMANDS.join(', ')}`)
const tell = (line: string): void => console.log(line)
let place: Place | undefined

async function doIt(here: Place, options: Options): Promise<void> {
  const { environment, account } = here
  const where = `${environment.name} in account ${account}, ${environment.region}`
  const talk: Talk = { tell, agree: async (question) => (options.isYes ? undefined : ask(question)) }
  if (command === 'deploy') {
    const isChanged = await deploy(here, options, talk)
    tell(isChanged ? `${where}: deployed` : `${where}: nothing to change`)
    const now = await findState(here.state)
    tell(shownOutputs(now, { ...options, output: undefined }))
    if (!isReleased(now)) tell(NOT_RELEASED)
  } else if (command === 'diff') {
    const isChange = await diff(here, options, tell)
    if (!isChange) tell(`${where}: nothing to change`)
    else if (options.hasExitCode) process.exitCode = 2
  } else if (command === 'destroy') {
    const remains = await destroy(here, options, talk)
    tell(remains === undefined ? `${where}: nothing to delete` : `${where}: gone`)
    if (remains !== undefined && remains.length > 0) tell(`AWS keeps ${remains.join('; ')}`)
  } else {
    tell(shownOutputs(await findState(here.state), options))
  }
}

await run({ name: command, help: HELPS[command], tell, terraform: () => place?.terraform }, async () => {
  const options = readOptions(command, process.argv.slice(3))
  if (options === 'help') {
    console.log(HELPS[command])
    return
  }
  place = await findPlace(options.environment, { isComplete: command === 'deploy' || command === 'diff' })
  const release = claim(place.stack.folder)
  try {
    await doIt(place, options)
  } finally {
    release()
  }
})
