// `npm run bootstrap`: see options.ts for what it does.

import { ask } from '../ask.ts'
import { run } from '../program.ts'
import { Terraform } from '../terraform/terraform.ts'
import { checkedTerraform } from '../terraform/version.ts'
import { destroyStateBackend, findObstacles, refuseFor, settle } from './destroy.ts'
import { makeStateBackend } from './make.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { findPlaces, type Place } from './place.ts'

const tell = (line: string): void => console.log(line)
let terraform: Terraform | undefined

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

await run({ name: 'bootstrap', help: HELP, tell, terraform: () => terraform }, async () => {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(HELP)
    return
  }
  const places = await findPlaces()
  await (options.isDestroy ? destroy : make)(places, options)
})
