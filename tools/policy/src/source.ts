import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Resource } from '@cartwright/infra/stack-json'

const ROOT = path.resolve(import.meta.dirname, '../../..')

export interface Place {
  /** Relative to the repository's root, with slashes. */
  readonly file: string
  readonly line: number
}

/**
 * Where our source makes a resource: the nearest line of a construct of `infra` that is no building block, or else of a building
 * block. None where the stack was synthesised without stack traces.
 */
export function sourceOf({ trace }: Pick<Resource, 'trace'>): Place | undefined {
  const ours = trace
    .flatMap((frame) => placeIn(frame) ?? [])
    .filter(({ file }) => file.startsWith('infra/src/'))
  return ours.find(({ file }) => !/^infra\/src\/(base|terraform)\//.test(file)) ?? ours[0]
}

/** A frame such as `new Key (file:///…/infra/src/base/key.ts:40:5)`. */
function placeIn(frame: string): Place | undefined {
  const [, where = '', line = ''] = /\(?((?:file:\/\/)?\/[^()]+?):(\d+):\d+\)?$/.exec(frame) ?? []
  if (where === '') return
  const file = path.relative(ROOT, where.startsWith('file:') ? fileURLToPath(where) : where)
  return { file: file.split(path.sep).join('/'), line: Number(line) }
}
