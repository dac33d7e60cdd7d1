import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import process from 'node:process'
import { isatty } from 'node:tty'
import { LaunchProblem } from './launch-problem.mjs'

/** @type {readonly NodeJS.Signals[]} */
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** One stop request can arrive twice, as npm passes on what its whole process group has got: milliseconds. */
const sameRequest = 1000

/**
 * Runs a command as if it had been started instead of this process: same terminal, same signals, same end.
 *
 * @param {string} command the path of an executable
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code, or 128 + n when signal n ended it, as shells have it
 */
export function runInPlace(command, args, env) {
  if (!existsSync(command)) throw new LaunchProblem(`there is no ${command}, so it cannot be run`)
  const child = spawn(command, args, { stdio: 'inherit', env })
  passSignalsOn(child)
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new LaunchProblem(`${command} does not start: ${error.message}`)))
    child.once('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 1)))
  })
}

/**
 * A signal sent to this process (or to npm, which passes it on) is meant for the program. Ctrl-C is the
 * exception: the terminal sends SIGINT to the whole process group, so the program has it already, and a second
 * one would read as "stop at once".
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignalsOn(child) {
  const onTerminal = [0, 1, 2].some(isatty)
  /** @type {Map<NodeJS.Signals, number>} */
  const lastSeen = new Map()
  for (const signal of passedOn) {
    process.on(signal, () => {
      const repeated = performance.now() - (lastSeen.get(signal) ?? -sameRequest) < sameRequest
      lastSeen.set(signal, performance.now())
      if (repeated || (signal === 'SIGINT' && onTerminal)) return
      child.kill(signal)
    })
  }
}
