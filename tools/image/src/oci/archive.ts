import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs'
import path from 'node:path'
import { ImageProblem } from '../problem.ts'
import { compressed } from './compressed.ts'
import { type Layout, NewLayout } from './layout.ts'
import type { Descriptor } from './manifest.ts'
import { unpackTar } from './unpack.ts'

/** What `docker save` writes beside the blobs (Docker image specification 1.2, "Combined Image JSON + Filesystem Changeset Format"). */
interface Saved {
  readonly Config: string
  readonly Layers: readonly string[]
}

const GZIP = Buffer.from([0x1f, 0x8b])
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])

/**
 * Makes a layout of what `docker save` has saved. The configuration stays as it is, with the health check, for which OCI's own
 * has no word.
 *
 * @param scratch an empty folder to unpack in
 * @param folder an empty one, or none yet
 * @throws {ImageProblem} where it does not hold one image
 */
export async function layoutOfArchive(archive: string, scratch: string, folder: string): Promise<Layout> {
  await unpackTar({ file: archive, isGzip: false }, scratch)
  // Docker's own form.
  const images = JSON.parse(readFileSync(path.join(scratch, 'manifest.json'), 'utf8')) as readonly Saved[]
  const [image] = images
  if (image === undefined || images.length > 1)
    throw new ImageProblem(`${archive} holds ${images.length} images; wanted: one`)
  const layout = new NewLayout(folder)
  const layers: Descriptor[] = []
  for (const name of image.Layers) {
    const file = path.join(scratch, name)
    const start = startOf(file)
    if (start.equals(ZSTD))
      throw new ImageProblem(`layer ${name} is compressed by zstd; wanted: gzip, or no compression`)
    const isGzip = start.subarray(0, GZIP.length).equals(GZIP)
    layers.push(await layout.addLayer(createReadStream(file), ...(isGzip ? [] : [compressed()])))
  }
  return layout.finish(readFileSync(path.join(scratch, image.Config), 'utf8'), layers)
}

function startOf(file: string): Buffer {
  const start = Buffer.alloc(ZSTD.length)
  const opened = openSync(file, 'r')
  readSync(opened, start)
  closeSync(opened)
  return start
}
