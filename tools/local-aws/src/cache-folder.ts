import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { setting } from './settings.ts'

/** A folder that stays between runs and that this user can write to; made where it is missing. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return userFolder(env, userCache)
}

/**
 * Where what runs now has its files, which are no cache: tools that look at a checkout leave out whatever is in a folder of that
 * name, and find nothing in one that is built there.
 */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return userFolder(env, userState)
}

function userFolder(env: NodeJS.ProcessEnv, usual: (env: NodeJS.ProcessEnv) => string): string {
  const wanted = setting('CARTWRIGHT_CACHE', env)
  if (wanted !== undefined) return made(path.resolve(wanted))
  try {
    return made(path.join(usual(env), 'cartwright'))
  } catch {
    // A user without a home, as in some containers.
    return made(path.join(tmpdir(), `cartwright-${userInfo().uid}`))
  }
}

function userCache(env: NodeJS.ProcessEnv): string {
  return xdg(env, 'XDG_CACHE_HOME') ?? inHome(env, ['Library', 'Caches'], ['.cache'])
}

function userState(env: NodeJS.ProcessEnv): string {
  return xdg(env, 'XDG_STATE_HOME') ?? inHome(env, ['Library', 'Application Support'], ['.local', 'state'])
}

/** XDG Base Directory Specification: a path that is not absolute is to be ignored. */
function xdg(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const folder = env[name]
  return folder !== undefined && path.isAbsolute(folder) ? folder : undefined
}

function inHome(env: NodeJS.ProcessEnv, darwin: readonly string[], others: readonly string[]): string {
  return path.join(env['HOME'] || homedir(), ...(process.platform === 'darwin' ? darwin : others))
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  accessSync(folder, constants.W_OK)
  return folder
}
