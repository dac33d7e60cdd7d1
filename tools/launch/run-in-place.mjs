import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { LaunchProblem } from './launch-problem.mjs'
import { listenForStop } from './stop-requests.mjs'

/**
 * @typedef {object} Command
 * @property {string} file the path of an executable
 * @property {readonly string[]} args
 */

/**
 * Runs commands, each after the one before has succeeded, as if they had been started instead of this process:
 * same terminal, same signals, same end. A stop request ends the one that runs and lets none start after it.
 *
 * @param {readonly Command[]} commands
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} the last one's exit code, or 128 + n when signal n ended it, as shells have it
 */
export async function runInPlace(commands, env) {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let running
  /** @type {NodeJS.Signals | undefined} */
  let stoppedBy
  const onTerminal = [0, 1, 2].some(isatty)
  listenForStop((signal) => {
    stoppedBy = signal
    // A signal sent to this process (or to npm, which passes it on) is meant for the program. Ctrl-C is the
    // exception: the terminal sends SIGINT to the whole process group, so the program has it already, and a second
    // one would read as "stop at once".
    if (signal !== 'SIGINT' || !onTerminal) running?.kill(signal)
  })
  let exitCode = 0
  for (const { file, args } of commands) {
    if (stoppedBy !== undefined) return 128 + constants.signals[stoppedBy]
    if (!existsSync(file)) throw new LaunchProblem(`there is no ${file}, so it cannot be run`)
    running = spawn(file, args, { stdio: 'inherit', env })
    exitCode = await end(running, file)
    if (exitCode !== 0) break
  }
  return exitCode
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} file
 * @returns {Promise<number>}
 */
function end(child, file) {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new LaunchProblem(`${file} does not start: ${error.message}`)))
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)))
  })
}
