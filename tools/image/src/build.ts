import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DOCKERFILE, makeContext } from './context.ts'
import type { Engine } from './engine/engine.ts'

export interface BuildImageOptions {
  readonly engine: Engine
  /** `repository:tag` */
  readonly name: string
  /** What `/metadata` tells: the commit. */
  readonly release: string
  /** What it is made on. @default the Dockerfile's */
  readonly nodeImage?: string | undefined
  /** Gets what the build says, line by line. */
  readonly hear?: (line: string) => void
}

/**
 * Builds the API's image of the sources as they are.
 *
 * @throws {ImageProblem} with what the build said last
 */
export async function buildImage(options: BuildImageOptions): Promise<void> {
  const { engine, name, release, nodeImage, hear } = options
  const scratch = mkdtempSync(path.join(tmpdir(), 'cartwright-image-'))
  const context = path.join(scratch, 'context')
  try {
    await makeContext(context)
    const args = { RELEASE: release, ...(nodeImage === undefined ? {} : { NODE_IMAGE: nodeImage }) }
    await engine.build({
      dockerfile: DOCKERFILE,
      context,
      name,
      args,
      ...(hear === undefined ? {} : { hear }),
    })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
