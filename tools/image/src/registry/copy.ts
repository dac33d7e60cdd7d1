import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readManifest } from '../oci/manifest.ts'
import { ImageProblem } from '../problem.ts'
import { download } from './download.ts'
import { findImage, nameOf, type Repository } from './image.ts'
import { putImage } from './put.ts'

export interface CopyImageOptions {
  readonly from: Repository & { readonly tag: string }
  /** The caller's own: ECR takes no other. */
  readonly to: Omit<Repository, 'registryId'>
  readonly tag: string
  /** Gets what happens, line by line. */
  readonly hear?: (line: string) => void
}

/**
 * Copies an image to another repository, of any account and region, as it is: the same bytes, hence the same digest.
 *
 * @returns its digest
 * @throws {ImageProblem} where there is none, or the tag is another image's
 */
export async function copyImage({ from, to, tag, hear }: CopyImageOptions): Promise<string> {
  const id = { imageTag: from.tag }
  const image = await findImage(from, id)
  if (image === undefined) throw new ImageProblem(`${nameOf(from, id)} is not there; wanted: an image`)
  const { config, layers } = readManifest(image.manifest, nameOf(from, id))
  const blobs = new Map([config, ...layers].map((blob) => [blob.digest, blob]))
  const scratch = mkdtempSync(path.join(tmpdir(), 'cartwright-copy-'))
  const fileOf = async (digest: string): Promise<string> => {
    const file = path.join(scratch, digest.replace(':', '-'))
    // What is uploaded is what the manifest names.
    await download(from, blobs.get(digest) as (typeof layers)[number], file)
    return file
  }
  try {
    return await putImage({ repository: to, tag, image, fileOf, ...(hear === undefined ? {} : { hear }) })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}
