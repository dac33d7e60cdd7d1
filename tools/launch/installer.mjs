import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import process from 'node:process'
import { LaunchProblem } from './launch-problem.mjs'
import { listenForStop } from './stop-requests.mjs'

/** Lines of the package manager's output shown when it fails: enough for its error, without its progress. */
const shownLines = 15

/** @type {readonly (readonly [RegExp, string])[]} */
const advice = [
  [/ENOSPC|no space left/i, 'the disk is full: free some space'],
  [
    /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    'the folder above cannot be written to: give yourself the right to',
  ],
  [
    /OUTDATED_LOCKFILE|NO_IMPORTER/,
    'pnpm-lock.yaml does not fit a package.json: bring it up to date with "npx PACKAGE_MANAGER install"',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|META_FETCH_FAIL|error sending request|dns error/i,
    'the package registry cannot be reached: check the network, a proxy, and "npm config get registry"',
  ],
]

/**
 * Installs what the lock file says, showing nothing unless it fails.
 *
 * @param {string} root
 * @param {string} packageManager name and version; npx fetches it if the host does not have it
 * @param {(pid: number) => void} onStart told the process that may go on installing when this one is killed
 */
export async function runInstaller(root, packageManager, onStart) {
  // One retry, after 10 s: with npm's usual two it takes 70 s to hear that the registry cannot be reached.
  const npx = ['--yes', '--loglevel=error', '--fetch-retries=1']
  const args = [...npx, packageManager, 'install', '--frozen-lockfile']
  // Before it starts: a signal in between would end this process alone.
  const ignoreStop = endOnStop(() => child)
  // In a group of its own, so that it can be ended whole: npx starts a shell, which starts the package manager.
  const child = spawn('npx', args, { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid !== undefined) onStart(child.pid)
  let output = ''
  let toldOfRetries = false
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
      // Minutes may pass before it gives up, in which nothing else would be said.
      if (toldOfRetries || !/will retry in/i.test(text)) return
      console.error('the package registry does not answer, trying again…')
      toldOfRetries = true
    })
  }
  const failure = await new Promise((resolve) => {
    child.once('error', (error) =>
      resolve(`npx does not start (${error.message}): it comes with Node, as npm does`),
    )
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit code ${code}`)))
  })
  ignoreStop()
  if (failure === undefined) return
  const end = output
    .trimEnd()
    .split('\n')
    .slice(-shownLines)
    .map((line) => `  ${line}\n`)
    .join('')
  throw new LaunchProblem(
    `dependencies could not be installed: ${failure}\n${end}${adviceOn(output, packageManager)}`,
  )
}

/**
 * @param {string} output
 * @param {string} packageManager
 */
function adviceOn(output, packageManager) {
  const known = advice
    .find(([pattern]) => pattern.test(output))?.[1]
    .replace('PACKAGE_MANAGER', packageManager)
  return `${known ?? 'read what is said above'}; then run the same command again`
}

/**
 * A stop request while installing ends the installer, then this process, as the signal itself would have. A second
 * one does not ask.
 *
 * @param {() => import('node:child_process').ChildProcess} installer
 * @returns {() => void} from then on stop requests are no longer heard
 */
function endOnStop(installer) {
  let asked = false
  return listenForStop((signal) => {
    const child = installer()
    child.once('close', () => process.exit(128 + constants.signals[signal]))
    endGroup(child, asked ? 'SIGKILL' : 'SIGTERM')
    asked = true
  })
}

/**
 * @param {import('node:child_process').ChildProcess} child the leader of its process group
 * @param {NodeJS.Signals} signal
 */
function endGroup(child, signal) {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group has just ended by itself.
  }
}
