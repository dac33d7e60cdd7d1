import { accessSync, constants, mkdirSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { setting } from './settings.ts'

/** A folder that stays between runs and that this user can write to; made where it is missing. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const wanted = setting('CARTWRIGHT_CACHE', env)
  if (wanted !== undefined) return made(path.resolve(wanted))
  try {
    return made(path.join(userCache(env), 'cartwright'))
  } catch {
    // A user without a home, as in some containers.
    return made(path.join(tmpdir(), `cartwright-${userInfo().uid}`))
  }
}

function userCache(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'] || homedir()
  // XDG Base Directory Specification: a path that is not absolute is to be ignored.
  const xdg = env['XDG_CACHE_HOME']
  if (xdg !== undefined && path.isAbsolute(xdg)) return xdg
  return process.platform === 'darwin' ? path.join(home, 'Library', 'Caches') : path.join(home, '.cache')
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  accessSync(folder, constants.W_OK)
  return folder
}
