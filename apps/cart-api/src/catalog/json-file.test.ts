import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProductId } from '@cartwright/cart-domain'
import { type Catalog, CatalogNotOpened } from './catalog.ts'
import { productOf } from './http/product-service.fixture.ts'
import { openFileCatalog } from './json-file.ts'

// Plain texts stand for ids here.
const id = (text: string) => text as ProductId
const call = { deadline: Number.POSITIVE_INFINITY }
const fileOf = (...names: string[]) => JSON.stringify({ products: names.map((name) => productOf(name)) })

let folder: string
let file: string
let catalog: Catalog | undefined
let warnings: string[]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cartwright-catalog-'))
  file = path.join(folder, 'catalog.json')
  warnings = []
})
afterEach(() => {
  catalog?.close()
  catalog = undefined
  rmSync(folder, { recursive: true })
})

async function opened(content: string): Promise<Catalog> {
  writeFileSync(file, content)
  catalog = await openFileCatalog({ path: file, warn: (message) => warnings.push(message), pollMs: 5 })
  return catalog
}

/** Puts the content in place at once: a poll never sees half of it. */
function put(content: string): void {
  const next = path.join(folder, 'next.json')
  writeFileSync(next, content)
  renameSync(next, file)
}

/** Waits for what a poll brings; a test that waits in vain is ended by jest. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}

/** Some polls' time, in which nothing more is to happen. */
const aWhile = () => sleep(60)

test('what is in the file exists, and nothing else', async () => {
  const shop = await opened(fileOf('lamp', 'chair'))

  const found = await shop.lookup([id('chair'), id('ghost'), id('__proto__')], call)

  expect([...found.keys()]).toEqual(['chair'])
  expect(shop.known(id('lamp'))).toEqual(productOf('lamp'))
  expect(shop.known(id('constructor'))).toBe('gone')
  expect(await shop.list(call)).toEqual([productOf('lamp'), productOf('chair')])
})

test("an empty cart's currency is the file's, else the first product's", async () => {
  const shop = await opened(fileOf('lamp'))
  expect(shop.defaultCurrency).toBe('EUR')

  writeFileSync(file, JSON.stringify({ products: [productOf('lamp')], currency: 'CHF' }))
  await until(() => shop.defaultCurrency === 'CHF')
})

test('the demo shop opens: fourteen products or more, in euros, some with variants and some without', async () => {
  const demo = path.join(__dirname, '../../catalog/demo.json')
  catalog = await openFileCatalog({ path: demo, warn: (message) => warnings.push(message) })

  const products = await catalog.list(call)

  expect(products.length).toBeGreaterThanOrEqual(14)
  expect(catalog.defaultCurrency).toBe('EUR')
  expect(products.filter((product) => (product.variants?.length ?? 0) >= 2).length).toBeGreaterThan(3)
  expect(products.filter((product) => product.variants === undefined).length).toBeGreaterThan(3)
  const prices = products.flatMap((one) => [one.price, ...(one.variants ?? []).flatMap((v) => v.price ?? [])])
  expect(prices.every((price) => price.currency === 'EUR' && price.amount > 0)).toBe(true)
})

describe('at start', () => {
  const open = () => openFileCatalog({ path: file, warn: () => {} })

  test('a missing file, a folder or a pipe is refused with one line', async () => {
    await expect(open()).rejects.toBeInstanceOf(CatalogNotOpened)
    await expect(open()).rejects.toThrow(`catalog file ${file}: no such file, wanted a JSON file`)

    mkdirSync(file)
    await expect(open()).rejects.toThrow(`catalog file ${file}: not a regular file, wanted a JSON file`)

    rmSync(file, { recursive: true })
    execFileSync('mkfifo', [file])
    await expect(open()).rejects.toThrow(`catalog file ${file}: not a regular file, wanted a JSON file`)
  })

  test('a broken file is refused with file, place, value and what is wanted', async () => {
    writeFileSync(file, JSON.stringify({ products: [{ ...productOf('lamp'), price: 9.9 }] }))

    const opening = open()

    await expect(opening).rejects.toBeInstanceOf(CatalogNotOpened)
    await expect(opening).rejects.toThrow(
      `catalog file ${file}: /products/0/price is 9.9, wanted a price: {amount, currency}`,
    )
  })

  test('text that is no JSON is refused with one line', async () => {
    writeFileSync(file, '{\n "products": [\n,]}')

    await expect(open()).rejects.toThrow(/^catalog file .*: not JSON: .*$/)
  })
})

describe('while the shop is open', () => {
  test('a file written anew is taken over', async () => {
    const shop = await opened(fileOf('lamp'))

    writeFileSync(file, fileOf('chair'))
    await until(() => shop.known(id('chair')) !== 'gone')

    expect(shop.known(id('lamp'))).toBe('gone')
  })

  test('a file renamed to its place is taken over, also with the same size and time', async () => {
    const shop = await opened(fileOf('lamp'))
    const { atime, mtime } = statSync(file)
    const next = path.join(folder, 'next.json')
    writeFileSync(next, fileOf('pump'))
    utimesSync(next, atime, mtime)

    renameSync(next, file)
    await until(() => shop.known(id('pump')) !== 'gone')

    expect(await shop.list(call)).toEqual([productOf('pump')])
    expect(warnings).toEqual([])
  })

  test('a half-written file changes nothing until the rest has come', async () => {
    const shop = await opened(fileOf('lamp'))
    const next = fileOf('chair')

    writeFileSync(file, next.slice(0, 40))
    await until(() => warnings.length > 0)
    const meanwhile = shop.known(id('lamp'))
    writeFileSync(file, next)
    await until(() => shop.known(id('chair')) !== 'gone')

    expect(meanwhile).toEqual(productOf('lamp'))
  })

  test('a broken file is said once for each content, however often it is touched', async () => {
    const shop = await opened(fileOf('lamp'))

    put('{"products": 1}')
    await until(() => warnings.length === 1)
    for (const second of [1, 2, 3]) {
      utimesSync(file, second, second)
      await aWhile()
    }
    put('{"products": 2}')
    await until(() => warnings.length > 1)
    await aWhile()

    expect(warnings).toEqual([
      `catalog file ${file}: /products is 1, wanted a list of 1 or more products; the products read before stay in force`,
      `catalog file ${file}: /products is 2, wanted a list of 1 or more products; the products read before stay in force`,
    ])
    expect(shop.known(id('lamp'))).toEqual(productOf('lamp'))
  })

  test('a file that is gone is said once, and taken over when it is back', async () => {
    const shop = await opened(fileOf('lamp'))
    const aside = path.join(folder, 'aside.json')

    // The catalog of the test before may have something to say yet.
    const said = () => warnings.filter((warning) => warning.includes(file))
    renameSync(file, aside)
    await until(() => said().length > 0)
    await aWhile()
    const saidOnce = said()
    const meanwhile = shop.known(id('lamp'))
    // It comes back as it was, and goes again: that is said again, once a poll has seen it there.
    while (said().length < 2) {
      renameSync(aside, file)
      await aWhile()
      renameSync(file, aside)
      await aWhile()
    }
    put(fileOf('chair'))
    await until(() => shop.known(id('chair')) !== 'gone')

    expect(saidOnce).toEqual([
      `catalog file ${file}: no such file, wanted a JSON file; the products read before stay in force`,
    ])
    expect(meanwhile).toEqual(productOf('lamp'))
  })

  test('after closing, the file is not looked at any more', async () => {
    const shop = await opened(fileOf('lamp'))

    shop.close()
    put(fileOf('chair'))
    await aWhile()

    expect(shop.known(id('chair'))).toBe('gone')
  })
})
