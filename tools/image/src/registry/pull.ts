import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { type ImageConfig, readImageConfig } from '../oci/image-config.ts'
import { readManifest } from '../oci/manifest.ts'
import { unpackLayer } from '../oci/unpack.ts'
import { ImageProblem } from '../problem.ts'
import { download } from './download.ts'
import { findImage, type ImageId, nameOf, type Repository } from './image.ts'

export interface PullImageOptions extends Repository {
  readonly imageId: ImageId
  /** An empty one, or none yet. */
  readonly folder: string
}

/** An image that lies in a folder, ready to be run. */
export interface PulledImage {
  readonly config: ImageConfig
  /** Its file system. */
  readonly root: string
}

/**
 * As `docker pull`, by ECR's own API, and unpacked.
 *
 *     <folder>/config.json   root/app/dist/main.js …
 *
 * @throws {ImageProblem} where there is none, or it is not what its digests say; nothing is left then
 */
export async function pullImage(
  options: PullImageOptions,
): Promise<PulledImage & { readonly digest: string }> {
  const { imageId, folder } = options
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new ImageProblem(`${folder} is not empty; wanted: an empty folder, or one that is not there yet`)
  const image = await findImage(options, imageId)
  if (image === undefined)
    throw new ImageProblem(`${nameOf(options, imageId)} is not there; wanted: an image`)
  const { config, layers } = readManifest(image.manifest, nameOf(options, imageId))
  const root = path.join(folder, 'root')
  mkdirSync(root, { recursive: true })
  try {
    await download(options, config, path.join(folder, CONFIG))
    const file = path.join(folder, 'layer')
    for (const layer of layers) {
      await download(options, layer, file)
      await unpackLayer({ file, mediaType: layer.mediaType }, root)
      rmSync(file)
    }
    return { ...readPulled(folder), digest: image.digest }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

const CONFIG = 'config.json'

/** @param folder one that `pullImage` has filled */
export function readPulled(folder: string): PulledImage {
  return {
    config: readImageConfig(readFileSync(path.join(folder, CONFIG), 'utf8')),
    root: path.join(folder, 'root'),
  }
}
