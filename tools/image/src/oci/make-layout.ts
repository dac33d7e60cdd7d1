import { readdirSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { Pack } from 'tar'
import { Measure } from './blob.ts'
import { compressed } from './compressed.ts'
import type { ImageConfig } from './image-config.ts'
import { type Layout, NewLayout } from './layout.ts'

export interface MakeLayoutOptions {
  /** What the image's file system is to hold. */
  readonly root: string
  readonly config: Partial<ImageConfig>
  /** @default arm64, what tasks run on */
  readonly architecture?: 'arm64' | 'amd64'
  /** An empty one, or none yet. */
  readonly folder: string
}

/** Makes an image of one layer, without any engine: the same for the same files, whenever and whoever makes it. */
export async function makeLayout(options: MakeLayoutOptions): Promise<Layout> {
  const { root, config, architecture = 'arm64', folder } = options
  const layout = new NewLayout(folder)
  const plain = new Measure()
  // Nobody's, from no time, in one order.
  const pack = new Pack({ cwd: root, portable: true, mtime: new Date(0), noDirRecurse: true })
  const found = readdirSync(root, { recursive: true, withFileTypes: true })
  const names = found.map(({ parentPath, name }) => path.relative(root, path.join(parentPath, name)))
  for (const name of names.toSorted()) pack.write(name)
  pack.end()
  const layer = await layout.addLayer(Readable.from(pack, { objectMode: false }), plain, compressed())
  const rootfs = { type: 'layers', diff_ids: [plain.digest()] }
  return layout.finish(JSON.stringify({ architecture, os: 'linux', config, rootfs }), [layer])
}
