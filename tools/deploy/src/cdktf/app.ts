// What `app` of cdktf.json runs: synthesis, with the account whose bucket holds the states.

import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { readEnvironments } from '@cartwright/environments'
import { ACCOUNT_VARIABLE } from './state-account.ts'

const SYNTH = path.resolve(import.meta.dirname, '../../../../infra/src/synth.mjs')
/** How long AWS may take to tell the account, in milliseconds. */
const PATIENCE = 5000

// Our own `cdktf` has set it, or emptied it, as the command wants. Another one of the user's does not tell the app which
// command it runs for: the account is found if it can be found, and nothing is said if not, as `cdktf synth` needs none.
process.env[ACCOUNT_VARIABLE] ??= (await accountOfCredentials()) ?? ''
await import(pathToFileURL(SYNTH).href)

async function accountOfCredentials(): Promise<string | undefined> {
  const { findAccount } = await import('../account.ts')
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<undefined>((resolve) => {
    late = setTimeout(resolve, PATIENCE, undefined)
  })
  try {
    const [first] = await readEnvironments(process.env)
    if (first === undefined) return undefined
    return await Promise.race([findAccount(first.region), tooLate])
  } catch {
    // No credentials, or bad ones; what is wrong with the environments is told by the synthesis.
    return undefined
  } finally {
    clearTimeout(late)
  }
}
