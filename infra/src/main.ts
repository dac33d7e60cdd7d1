// Writes the Terraform configuration of every stack: what `cdktf synth` runs, and just as well by itself.

import './terraform/fast-loading.mjs'

// What is imported from here on is loaded fast.
const { BadEnvironments, readEnvironments } = await import('@cartwright/environments')
const { createApp } = await import('./app.ts')
const { withoutStackTraces } = await import('./terraform/stack-traces.ts')

try {
  const environments = await readEnvironments(process.env)
  const stateAccount = process.env['CARTWRIGHT_ACCOUNT_ID'] || undefined
  if (stateAccount !== undefined && !/^\d{12}$/.test(stateAccount)) {
    throw new BadEnvironments([
      `CARTWRIGHT_ACCOUNT_ID is "${stateAccount}"; wanted: an account number of 12 digits, or none`,
    ])
  }
  withoutStackTraces(() => createApp(environments, undefined, stateAccount).synth())
} catch (error) {
  if (!(error instanceof BadEnvironments)) throw error
  console.error(error.message)
  process.exitCode = 1
}
