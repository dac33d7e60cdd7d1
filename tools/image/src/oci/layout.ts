import { createWriteStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ImageProblem } from '../problem.ts'
import { type Blob, digestOf, Measure } from './blob.ts'
import { CONFIG_TYPE, type Descriptor, GZIP_LAYER_TYPE, MANIFEST_TYPE, readManifest } from './manifest.ts'

/** An image in a folder (OCI image specification, "Image Layout"). */
export interface Layout {
  /** Of the manifest: what the image is known by. */
  readonly digest: string
  /** Its text, of which not a byte may change. */
  readonly manifest: string
  readonly mediaType: string
  readonly config: Blob
  /** The lowest first. */
  readonly layers: readonly Blob[]
}

/** @throws {ImageProblem} where the folder does not hold one whole image */
export function readLayout(folder: string): Layout {
  // The specification's own form.
  const { manifests } = JSON.parse(read(path.join(folder, 'index.json'), folder)) as {
    manifests: readonly Descriptor[]
  }
  const [one] = manifests
  if (one === undefined || manifests.length > 1)
    throw new ImageProblem(`${folder} holds ${manifests.length} images; wanted: one`)
  const manifest = read(fileOf(folder, one.digest), folder)
  if (digestOf(manifest) !== one.digest)
    throw new ImageProblem(`${folder} has a manifest of ${digestOf(manifest)}; wanted: ${one.digest}`)
  const { mediaType, config, layers } = readManifest(manifest, folder)
  const blob = ({ digest, size }: Descriptor): Blob => {
    const file = fileOf(folder, digest)
    const actual = statSync(file, { throwIfNoEntry: false })?.size
    if (actual === size) return { digest, size, file }
    throw new ImageProblem(`${file} has ${actual ?? 'no'} bytes; wanted: ${size}`)
  }
  return { digest: one.digest, manifest, mediaType, config: blob(config), layers: layers.map(blob) }
}

/** A layout in the making. */
export class NewLayout {
  readonly #folder: string

  /** @param folder an empty one, or none yet */
  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true })
  }

  /**
   * Takes a layer, whatever it comes from.
   *
   * @param steps a source of bytes, and what changes them on their way, as for `pipeline`
   */
  async addLayer(...steps: readonly Step[]): Promise<Descriptor> {
    const measure = new Measure()
    const unfinished = path.join(this.#folder, 'blobs/unfinished')
    await pipeline([...steps, measure, createWriteStream(unfinished)])
    const digest = measure.digest()
    renameSync(unfinished, fileOf(this.#folder, digest))
    return { mediaType: GZIP_LAYER_TYPE, digest, size: measure.size }
  }

  /** @param config the image's whole configuration, as text */
  finish(config: string, layers: readonly Descriptor[]): Layout {
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: this.#add(CONFIG_TYPE, config),
      layers,
    })
    const manifests = [this.#add(MANIFEST_TYPE, manifest)]
    const write = (name: string, content: object): void =>
      writeFileSync(path.join(this.#folder, name), JSON.stringify(content))
    write('index.json', { schemaVersion: 2, manifests })
    write('oci-layout', { imageLayoutVersion: '1.0.0' })
    return readLayout(this.#folder)
  }

  #add(mediaType: string, text: string): Descriptor {
    const digest = digestOf(text)
    writeFileSync(fileOf(this.#folder, digest), text)
    return { mediaType, digest, size: Buffer.byteLength(text) }
  }
}

/** What `pipeline` takes before its last. */
export type Step = NodeJS.ReadableStream | NodeJS.ReadWriteStream

function fileOf(folder: string, digest: string): string {
  return path.join(folder, 'blobs', ...digest.split(':'))
}

function read(file: string, folder: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ImageProblem(`${folder} is not an image: ${path.relative(folder, file)} cannot be read`, {
      cause,
    })
  }
}
