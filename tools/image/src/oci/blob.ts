import { createHash, hash } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'

/** What a digest stands for (OCI image specification, "Content Descriptors"): its size in bytes, and the file that holds it. */
export interface Blob {
  readonly digest: string
  readonly size: number
  readonly file: string
}

export function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${hash('sha256', bytes)}`
}

/** Lets bytes through, and knows afterwards what they were. */
export class Measure extends Transform {
  size = 0
  readonly #hash = createHash('sha256')

  override _transform(bytes: Uint8Array, _: BufferEncoding, done: TransformCallback): void {
    this.size += bytes.length
    this.#hash.update(bytes)
    done(null, bytes)
  }

  /** Once, at the end. */
  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`
  }
}
