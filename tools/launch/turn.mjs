import { readdirSync, readFileSync, readlinkSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * A turn: the right to change something that only one process may change at a time.
 *
 * Turns are numbered symbolic links, `turn-1`, `turn-2`, …; only the highest counts. What a link points to is
 * not a file but the processes that hold the turn: a link comes into being together with that text and fails
 * if its name is taken, so of many who see turn 6 ended only one gets turn 7. Links are never removed, so a
 * number is never given twice. The turn of a process that was killed is over, as its holders are gone.
 *
 * @typedef {object} Turn
 * @property {(pid: number) => void} shareWith makes the turn last until that process has ended, too
 * @property {() => void} end
 */

/** Milliseconds between two looks at somebody else's turn. */
const pollInterval = 100

const over = 'over'

/**
 * @param {string} folder an existing folder for the links
 * @param {(pid: number) => void} onWait told once, with the process that has to be waited for
 * @returns {Promise<Turn>}
 */
export async function takeTurn(folder, onWait) {
  let told = false
  for (;;) {
    const latest = latestNumber(folder)
    const holder = latest === 0 ? undefined : livingHolder(readlinkSync(join(folder, `turn-${latest}`)))
    if (holder === undefined) {
      const turn = claim(join(folder, `turn-${latest + 1}`))
      if (turn !== undefined) return turn
      continue
    }
    if (!told) onWait(holder)
    told = true
    await sleep(pollInterval)
  }
}

/** @param {string} folder */
function latestNumber(folder) {
  const numbers = readdirSync(folder).map((name) => Number(/^turn-(\d+)$/.exec(name)?.[1] ?? 0))
  return Math.max(0, ...numbers)
}

/**
 * @param {string} link
 * @returns {Turn | undefined} undefined when somebody else was faster
 */
function claim(link) {
  const self = identity(process.pid)
  try {
    symlinkSync(self, link)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return undefined
    throw error
  }
  return {
    shareWith: (pid) => rewrite(link, `${self},${identity(pid)}`),
    end: () => rewrite(link, over),
  }
}

/**
 * @param {string} link
 * @param {string} holders
 */
function rewrite(link, holders) {
  const next = `${link}.next`
  symlinkSync(holders, next)
  renameSync(next, link)
}

/**
 * @param {string} holders
 * @returns {number | undefined} the process id of the first holder that still lives
 */
function livingHolder(holders) {
  if (holders === over) return undefined
  return holders
    .split(',')
    .map((holder) => ({ holder, pid: Number.parseInt(holder, 10) }))
    .find(({ holder, pid }) => isRunning(pid) && identity(pid) === holder)?.pid
}

/**
 * A process id with the time at which the process was started, where the system tells it: ids are used again.
 *
 * @param {number} pid
 */
function identity(pid) {
  return `${pid}@${processStat(pid)?.startTime ?? ''}`
}

/** @param {number} pid */
function isRunning(pid) {
  // A zombie has ended, and nobody may ever collect it (a container without an init process).
  if (processStat(pid)?.state === 'Z') return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * Linux only (proc(5): state is the third field, start time the 22nd; the second, the name, may hold spaces).
 *
 * @param {number} pid
 */
function processStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], startTime: fields[19] }
  } catch {
    return undefined
  }
}
