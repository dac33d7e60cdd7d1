import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { types } from 'node:util'
import type { Currency, ProductId } from '@cartwright/cart-domain'
import { type Catalog, CatalogNotOpened, type Product } from './catalog.ts'
import { Malformed, parseCatalogFile } from './parse.ts'

export interface FileCatalogOptions {
  readonly path: string
  /** Hears, once for each content, that a changed file could not be taken over, and why. */
  readonly warn: (message: string) => void
  /** Milliseconds between two looks at the file. @default 1000 */
  readonly pollMs?: number
}

/**
 * The catalog of a JSON file: `{products: […], currency?}`, the products as in `GET /products`. Whatever is not in
 * it does not exist. `currency` is that of empty carts; without it, the first product's.
 *
 * The file may change while the shop is open, also by renaming another file to its name: the new content is in
 * force a poll later. Content that is broken, or half written, changes nothing; neither does a file that is gone.
 *
 * @throws CatalogNotOpened when the file cannot be read or is no catalog.
 */
export async function openFileCatalog({ path, warn, pollMs = 1000 }: FileCatalogOptions): Promise<Catalog> {
  try {
    const file = await readCatalogFile(path)
    return new FileCatalog(path, file.version, contentOf(file.bytes), warn, pollMs)
  } catch (error) {
    throw new CatalogNotOpened(`catalog file ${path}: ${reason(error)}`, { cause: error })
  }
}

/** One reading of the file; replaced as a whole. */
interface Content {
  readonly products: readonly Product[]
  readonly byId: ReadonlyMap<ProductId, Product>
  readonly currency: Currency
}

class FileCatalog implements Catalog {
  readonly #path: string
  readonly #warn: (message: string) => void
  readonly #pollMs: number
  #content: Content
  /** The state of the file that was last looked into. */
  #version: string
  /** What was warned of last, so that it is said once. */
  #refused: string | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(
    path: string,
    version: string,
    content: Content,
    warn: (message: string) => void,
    pollMs: number,
  ) {
    this.#path = path
    this.#version = version
    this.#content = content
    this.#warn = warn
    this.#pollMs = pollMs
    this.#pollLater()
  }

  async lookup(ids: Iterable<ProductId>): Promise<ReadonlyMap<ProductId, Product>> {
    const { byId } = this.#content
    const found = new Map<ProductId, Product>()
    for (const id of ids) {
      const product = byId.get(id)
      if (product !== undefined) found.set(id, product)
    }
    return found
  }

  known(id: ProductId): Product | 'gone' {
    return this.#content.byId.get(id) ?? 'gone'
  }

  async list(): Promise<readonly Product[]> {
    return this.#content.products
  }

  get defaultCurrency(): Currency {
    return this.#content.currency
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #pollLater(): void {
    if (this.#closed) return
    this.#timer = setTimeout(() => this.#poll().finally(() => this.#pollLater()), this.#pollMs)
    this.#timer.unref()
  }

  async #poll(): Promise<void> {
    try {
      if (versionOf(await stat(this.#path, { bigint: true })) !== this.#version) await this.#takeOver()
    } catch (error) {
      // Looked into again when it is back, even if it comes back as it was.
      this.#version = ''
      this.#refuse(reason(error), reason(error))
    }
  }

  async #takeOver(): Promise<void> {
    const { version, bytes } = await readCatalogFile(this.#path)
    this.#version = version
    try {
      this.#content = contentOf(bytes)
      this.#refused = undefined
    } catch (error) {
      this.#refuse(reason(error), createHash('sha256').update(bytes).digest('hex'))
    }
  }

  #refuse(why: string, content: string): void {
    if (this.#refused === content) return
    this.#refused = content
    this.#warn(`catalog file ${this.#path}: ${why}; the products read before stay in force`)
  }
}

/** The bytes, and the state of the file from before they were read: a change during the reading is seen later. */
async function readCatalogFile(path: string): Promise<{ version: string; bytes: Uint8Array }> {
  // Without `O_NONBLOCK` opening a pipe waits for its other end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = await file.stat({ bigint: true })
    if (!stats.isFile()) throw new Malformed('not a regular file, wanted a JSON file')
    return { version: versionOf(stats), bytes: await file.readFile() }
  } finally {
    await file.close()
  }
}

/** Differs whenever the file was written, replaced or made readable. */
function versionOf({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [ino, size, mtimeNs, ctimeNs].join(' ')
}

function contentOf(bytes: Uint8Array): Content {
  const { products, currency } = parseCatalogFile(bytes)
  const first = products[0]
  if (first === undefined) throw new Malformed('no product in it, wanted at least one')
  return {
    products,
    byId: new Map(products.map((product) => [product.productId, product])),
    currency: currency ?? first.price.currency,
  }
}

/** Why the file could not be taken, in words. */
function reason(error: unknown): string {
  if (!types.isNativeError(error)) return String(error)
  switch ('code' in error ? error.code : undefined) {
    case 'ENOENT':
      return 'no such file, wanted a JSON file'
    case 'EACCES':
      return 'no permission to read it'
    default:
      return error.message
  }
}
