// `npx cdktf`: the CDKTF CLI, with what it cannot find out by itself (docs/guides/cdktf.md).

import { mkdtempSync, rmSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BadEnvironments, readEnvironments } from '@cartwright/environments'
import { findTerraform, LocalAwsProblem, terraformEnvironment } from '@cartwright/local-aws'
import { DeployProblem } from '../problem.ts'
import { type Command, readCommand } from './commands.ts'
import { ACCOUNT_VARIABLE, findStateAccount } from './state-account.ts'

/** The package that the CLI is installed for. */
const PACKAGE = path.resolve(import.meta.dirname, '../../../cdktf/package.json')

/** What is laid over the CLI's environment. */
async function settings({ isOnStates, args }: Command): Promise<Readonly<Record<string, string>>> {
  const given = process.env[ACCOUNT_VARIABLE]
  const isAsked = isOnStates && !given
  const found = isAsked ? await findStateAccount(await readEnvironments(process.env), args) : ''
  return { ...terraformSettings(isOnStates), ...initSettings(args), [ACCOUNT_VARIABLE]: given || found }
}

/** Which Terraform it runs, where one is needed, and where that finds its provider. */
function terraformSettings(isNeeded: boolean): Readonly<Record<string, string>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cartwright-cdktf-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const found = terraformEnvironment(process.env, folder)
  const hasMirror =
    (found['TF_CLI_ARGS_providers_lock'] ?? process.env['TF_CLI_ARGS_providers_lock']) !== undefined
  return {
    ...(found as Readonly<Record<string, string>>),
    ...(isNeeded ? { TERRAFORM_BINARY_NAME: findTerraform() } : {}),
    // A mirror is on this machine already; the CLI would keep a second one in the user's home.
    ...(hasMirror ? { CDKTF_DISABLE_PLUGIN_CACHE_ENV: '1' } : {}),
  }
}

/** Terraform forgets the bucket of an earlier run, which another account may have had; the state never moves by itself. */
function initSettings(args: readonly string[]): Readonly<Record<string, string>> {
  if (args.some((arg) => arg.startsWith('--migrate-state'))) return {}
  return { TF_CLI_ARGS_init: `${process.env['TF_CLI_ARGS_init'] ?? ''} -reconfigure`.trim() }
}

try {
  Object.assign(process.env, await settings(readCommand(process.argv.slice(2))))
  process.argv[1] = createRequire(PACKAGE).resolve('cdktf-cli/bundle/bin/cdktf')
  // As the main module, from which it finds its own version.
  Module.runMain()
} catch (error) {
  if (!isForTheUser(error)) throw error
  console.error(`cdktf: ${error.message}`)
  process.exitCode = 1
}

function isForTheUser(error: unknown): error is Error {
  return [DeployProblem, BadEnvironments, LocalAwsProblem].some((kind) => error instanceof kind)
}
