import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A script that runs inside Redis. */
export interface LuaScript {
  readonly source: string
  /** Its name to EVALSHA. */
  readonly sha1: string
}

/** Reads a script from files of its own beside the module that uses it; what stands in several scripts is one of them. */
export function luaScript(...files: readonly URL[]): LuaScript {
  const source = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
