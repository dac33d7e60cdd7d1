// Writes the Terraform configuration of every stack: what `cdktf synth` runs, and just as well by itself.

import { enableCompileCache } from 'node:module'

// Most of the time goes into loading the provider's classes. Node keeps what it made of them in its temporary folder, and
// does so for what is imported from here on.
enableCompileCache()
const { BadEnvironments, readEnvironments } = await import('@cartwright/environments')
const { createApp } = await import('./app.ts')
const { withoutStackTraces } = await import('./terraform/stack-traces.ts')

try {
  const environments = await readEnvironments(process.env)
  withoutStackTraces(() => createApp(environments).synth())
} catch (error) {
  if (!(error instanceof BadEnvironments)) throw error
  console.error(error.message)
  process.exitCode = 1
}
