import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A script that runs inside Redis. */
export interface LuaScript {
  readonly source: string
  /** Its name to EVALSHA. */
  readonly sha1: string
}

/** Reads a script from a file of its own beside the module that uses it. */
export function luaScript(file: URL): LuaScript {
  const source = readFileSync(file, 'utf8')
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
