import { readFileSync } from 'node:fs'
import path from 'node:path'
import { PACKAGE } from './emulator.ts'

/** A row of the table of what moto lacks, and what is done about it. */
export interface Gap {
  readonly key: string
  readonly service: string
  /** Names of the API reference. */
  readonly apis: readonly string[]
  /** What moto does as it is shipped. */
  readonly moto: string
  /** What this emulator does. */
  readonly here: string
  /** What goes wrong otherwise. */
  readonly why: string
}

export function readGaps(): readonly Gap[] {
  return JSON.parse(readFileSync(path.join(PACKAGE, 'emulator/gaps.json'), 'utf8')) as Gap[]
}
