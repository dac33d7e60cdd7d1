import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeApp } from '@cartwright/image'
import type { ImageConfig, ImageFolder, StoredImage } from './image-folder.ts'

/**
 * Builds the API's image: its bundle and its catalog, as a Dockerfile would copy them.
 *
 * @param release the tag it is going to have, which `/metadata` tells
 * @param temporary an existing folder to build in
 */
export async function buildApi(
  images: ImageFolder,
  release: string,
  temporary: string,
): Promise<StoredImage> {
  return withRoot(temporary, async (root) => {
    await makeApp(path.join(root, 'app'))
    return images.add(root, configOf(release))
  })
}

/** An image whose program ends as soon as it starts, as one does that was built wrong. */
export async function buildBroken(
  images: ImageFolder,
  release: string,
  temporary: string,
): Promise<StoredImage> {
  return withRoot(temporary, async (root) => {
    const dist = path.join(root, 'app/dist')
    mkdirSync(dist, { recursive: true })
    writeFileSync(path.join(dist, 'main.js'), `throw new Error('release ${release} cannot start')\n`)
    return images.add(root, configOf(release))
  })
}

function configOf(release: string): ImageConfig {
  return { Cmd: ['node', 'dist/main.js'], Env: [`RELEASE=${release}`], WorkingDir: '/app' }
}

async function withRoot<T>(temporary: string, fill: (root: string) => Promise<T>): Promise<T> {
  const root = mkdtempSync(path.join(temporary, 'build-'))
  try {
    return await fill(root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}
