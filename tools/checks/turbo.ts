import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Commands } from './command.ts'

/**
 * Runs tasks of turbo.json in every package that has them, reusing the results of those whose files have not
 * changed. turbo runs a task by the package manager that the root package.json names, so npx puts exactly that
 * one on PATH.
 *
 * @returns whether all of them succeeded
 */
export async function runTasks(commands: Commands, root: string, tasks: readonly string[]): Promise<boolean> {
  const manifest: { packageManager: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const tool = ['--yes', '--loglevel=error', `--package=${manifest.packageManager}`, '--', 'turbo']
  const options = ['--continue', '--output-logs=errors-only']
  return (await commands.run('npx', [...tool, 'run', ...tasks, ...options], process.env)) === 0
}
