import {
  chmodSync,
  closeSync,
  createReadStream,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { ImageProblem } from '../problem.ts'

/** How layers are compressed, by their type. */
const COMPRESSIONS: Readonly<Record<string, 'gzip' | 'none'>> = {
  'application/vnd.oci.image.layer.v1.tar+gzip': 'gzip',
  'application/vnd.oci.image.layer.v1.tar': 'none',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
  'application/vnd.docker.image.rootfs.diff.tar': 'none',
}

/** A file that says what is not there any more of the layers below ("Image Layer Filesystem Changeset", "Whiteouts"). */
const WHITEOUT = '.wh.'
const OPAQUE = '.wh..wh..opq'

/**
 * Unpacks a layer over those below it, as any user: owners are this process's, and devices are left out. Links lead to what
 * they lead to in the image, and never out of its root.
 *
 * @param layer its file and its media type
 * @param root an existing folder
 * @throws {ImageProblem} where it cannot be read, or wants to leave the root
 */
export async function unpackLayer(
  layer: { readonly file: string; readonly mediaType: string },
  root: string,
): Promise<void> {
  const compression = COMPRESSIONS[layer.mediaType]
  if (compression === undefined) {
    const known = Object.keys(COMPRESSIONS).join(', ')
    throw new ImageProblem(`a layer is "${layer.mediaType}", which cannot be unpacked here; wanted: ${known}`)
  }
  await unpackTar({ file: layer.file, isGzip: compression === 'gzip' }, root)
}

/** As {@link unpackLayer}, where nothing tells what it is. */
export async function unpackTar(
  { file, isGzip }: { readonly file: string; readonly isGzip: boolean },
  root: string,
): Promise<void> {
  const changes = new Changes(root)
  const parser = new Parser({ strict: true, onReadEntry: (entry) => changes.apply(entry) })
  const read = async (bytes: AsyncIterable<Buffer>): Promise<void> => {
    // A layer without changes is all zeros, which node-tar takes for no archive.
    let isEmpty: boolean | undefined
    for await (const chunk of bytes) {
      isEmpty ??= chunk.subarray(0, 512).every((byte) => byte === 0)
      if (!isEmpty) parser.write(chunk)
    }
    if (isEmpty === false) parser.end()
  }
  try {
    if (isGzip) await pipeline(createReadStream(file), createGunzip(), read)
    else await pipeline(createReadStream(file), read)
  } catch (cause) {
    if (cause instanceof ImageProblem) throw cause
    throw new ImageProblem(`a layer cannot be unpacked: ${String(cause)}`, { cause })
  } finally {
    changes.close()
  }
}

/**
 * What one layer changes of a root.
 *
 * Every link is rewritten to a relative one when it is made, by the folder that it really lies in and with the root as the end of
 * all `..`. So whatever is found by way of links is in the root, too, and may be written to.
 */
class Changes {
  readonly #root: string
  /** What this layer has made, with the folders that it is in: whiteouts are about the layers below. */
  readonly #own = new Set<string>()
  #file: number | undefined

  constructor(root: string) {
    this.#root = realpathSync(root)
  }

  apply(entry: ReadEntry): void {
    const name = within(entry.path)
    const { dir, base } = path.posix.parse(name)
    if (base === OPAQUE) this.#empty(this.#place(dir))
    else if (base.startsWith(WHITEOUT)) this.#hide(dir, base.slice(WHITEOUT.length))
    else if (name !== '') this.#make(this.#place(name), entry)
    entry.resume()
  }

  /** Where it stopped in the middle. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #make(place: string, entry: ReadEntry): void {
    const { type, mode = 0o755, linkpath = '' } = entry
    const isDirectory = type === 'Directory' || type === 'GNUDumpDir'
    if (!isDirectory || !kindOf(place)?.isDirectory()) rmSync(place, { recursive: true, force: true })
    for (let own = place; own !== this.#root && !this.#own.has(own); own = path.dirname(own))
      this.#own.add(own)
    switch (type) {
      case 'Directory':
      case 'GNUDumpDir':
        mkdirSync(place, { recursive: true })
        // Its owner can always delete what is in it.
        chmodSync(place, (mode & 0o777) | 0o700)
        break
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        this.#write(place, (mode & 0o777) | 0o600, entry)
        break
      case 'SymbolicLink':
        this.#link(place, linkpath)
        break
      case 'Link':
        this.#share(place, linkpath)
        break
      default:
      // Devices and pipes are the system's, which a root in a folder has not.
    }
  }

  #write(place: string, mode: number, entry: ReadEntry): void {
    const file = openSync(place, 'wx', mode)
    this.#file = file
    entry.on('end', () => this.close())
    entry.on('data', (bytes) => writeFileSync(file, bytes))
  }

  #link(place: string, target: string): void {
    const folder = path.dirname(place)
    const wanted = path.resolve('/', path.relative(this.#root, folder), target)
    symlinkSync(path.relative(folder, path.join(this.#root, wanted)) || '.', place)
  }

  #share(place: string, target: string): void {
    const shared = this.#place(within(target))
    const kind = kindOf(shared)
    if (kind === undefined)
      throw new ImageProblem(`a layer shares the file "${target}"; wanted: one that is there`)
    // The same text leads elsewhere from another folder.
    if (!kind.isSymbolicLink()) linkSync(shared, place)
    else {
      const leadsTo = path.resolve(path.dirname(shared), readlinkSync(shared))
      this.#link(place, `/${path.relative(this.#root, leadsTo)}`)
    }
  }

  #hide(dir: string, base: string): void {
    if (base === '' || within(base) === '') throw leaves(`${dir}/${WHITEOUT}${base}`)
    const place = this.#place(path.posix.join(dir, base))
    if (!this.#own.has(place)) rmSync(place, { recursive: true, force: true })
    else this.#empty(place)
  }

  /** Takes away what lower layers have put into a folder, where it is one. */
  #empty(folder: string): void {
    if (!kindOf(folder)?.isDirectory()) return
    for (const name of readdirSync(folder)) {
      const place = path.join(folder, name)
      if (this.#own.has(place)) this.#empty(place)
      else rmSync(place, { recursive: true, force: true })
    }
  }

  /** Where something really lies; the folders that it is in are made. */
  #place(name: string): string {
    if (name === '') return this.#root
    const { dir, base } = path.posix.parse(name)
    const folder = path.join(this.#root, dir)
    mkdirSync(folder, { recursive: true })
    return path.join(realpathSync(folder), base)
  }
}

/** A path of a layer, from the root. */
function within(name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw leaves(name)
  return parts.join('/')
}

function leaves(name: string): ImageProblem {
  return new ImageProblem(`a layer has "${name}", which leaves the image's root; wanted: paths inside of it`)
}

function kindOf(place: string) {
  return lstatSync(place, { throwIfNoEntry: false })
}
