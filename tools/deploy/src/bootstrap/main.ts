// `npm run bootstrap`: see options.ts for what it does.

import { ask } from '../ask.ts'
import { DeployProblem } from '../problem.ts'
import { Terraform } from '../terraform/terraform.ts'
import { checkedTerraform } from '../terraform/version.ts'
import { destroyStateBackend, findObstacles, refuseFor, settle } from './destroy.ts'
import { makeStateBackend } from './make.ts'
import { BadOptions, HELP, type Options, readOptions } from './options.ts'
import { findPlaces, type Place } from './place.ts'

const tell = (line: string): void => console.log(line)
let terraform: Terraform | undefined
let isEnding = false

async function make(places: readonly Place[], { isYes, unlock }: Options): Promise<void> {
  const agree = async (question: string): Promise<void> => (isYes ? undefined : ask(question))
  for (const place of places) {
    terraform = new Terraform(checkedTerraform(place.stack.terraform), place.stack.folder)
    const isChanged = await makeStateBackend(place, { terraform, unlock, tell, agree })
    tell(isChanged ? `${here(place)} is ready` : `${here(place)}: nothing to change`)
  }
}

async function destroy(places: readonly Place[], { isYes, unlock }: Options): Promise<void> {
  for (const place of places) await settle(place, { unlock, tell })
  const obstacles = await Promise.all(places.map(findObstacles))
  refuseFor(obstacles.flat())
  if (!isYes) await ask(`Delete ${places.map(here).join(' and ')} with all versions of all states?`)
  for (const place of places) {
    const isChanged = await destroyStateBackend(place, tell)
    tell(isChanged ? `${here(place)} is gone` : `${here(place)}: nothing to delete`)
  }
}

function here({ stack, account, region }: Place): string {
  return `${stack.name} of account ${account} in ${region}`
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  // Terraform ends what it has begun, and writes it down.
  process.on(signal, () => {
    if (!terraform?.stop()) process.exit(code)
    // The terminal and npm may both pass it on.
    if (!isEnding) tell('ending as soon as Terraform has written down what it did')
    isEnding = true
  })
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else {
    const places = await findPlaces()
    await (options.isDestroy ? destroy : make)(places, options)
  }
} catch (error) {
  if (error instanceof BadOptions) console.error(`${error.message}\n\n${HELP}`)
  else if (error instanceof DeployProblem) console.error(`bootstrap: ${error.message}`)
  else throw error
  process.exitCode = 1
}
