import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProductId } from '@cartwright/cart-domain'
import { type Catalog, type CatalogCall, CatalogNotOpened, CatalogUnavailable } from './catalog.ts'
import { failing, productOf, selling, sendJson, silent, TestService } from './http/product-service.fixture.ts'
import { type HttpCatalogOptions, openHttpCatalog } from './http.ts'

const LONG_MS = 60_000
const lamp = 'lamp' as ProductId
const chair = 'chair' as ProductId

let service: TestService
let catalog: Catalog | undefined
let warnings: string[]
let unhandled: unknown[]
const onUnhandled = (error: unknown) => unhandled.push(error)

beforeEach(async () => {
  warnings = []
  unhandled = []
  process.on('unhandledRejection', onUnhandled)
  service = new TestService()
  await service.start()
})
afterEach(async () => {
  catalog?.close()
  catalog = undefined
  await service.stop()
  await new Promise(setImmediate)
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

/** A catalog that forgets nothing and waits for long, unless the test says otherwise. */
function opened(options: Partial<HttpCatalogOptions> = {}): Catalog {
  catalog = openHttpCatalog({
    url: service.url,
    defaultCurrency: 'CHF',
    warn: (message) => warnings.push(message),
    timeoutMs: 10_000,
    freshMs: LONG_MS,
    goneFreshMs: LONG_MS,
    staleMs: LONG_MS,
    pauseMs: LONG_MS,
    maxPauseMs: LONG_MS,
    ...options,
  })
  return catalog
}

function within(milliseconds: number): CatalogCall {
  return { deadline: performance.now() + milliseconds }
}

/** How the lookup ended: the ids found, or the error. */
async function outcome(lookup: Promise<ReadonlyMap<ProductId, unknown>>): Promise<unknown> {
  return lookup.then(
    (found) => [...found.keys()],
    (error) => error,
  )
}

const unavailable = expect.any(CatalogUnavailable)

/** Waits for what happens in the background; a test that waits in vain is ended by jest. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}

describe('a service that is well', () => {
  test('products are looked up by id, and what it does not have is missing', async () => {
    const shop = opened()
    service.answering = (path, response) =>
      path.endsWith('/ghost') ? sendJson(response, {}, 404) : selling(path, response)

    const found = await shop.lookup([lamp, 'ghost' as ProductId], within(LONG_MS))

    expect([...found]).toEqual([[lamp, productOf('lamp')]])
    expect(shop.known('ghost' as ProductId)).toBe('gone')
  })

  test('410 says the same as 404', async () => {
    const shop = opened()
    service.answering = failing(410)

    expect(await outcome(shop.lookup([lamp], within(LONG_MS)))).toEqual([])
  })

  test('a product is asked for once while it is fresh, and so is one that does not exist', async () => {
    const shop = opened()
    service.answering = (path, response) =>
      path.endsWith('/lamp') ? selling(path, response) : sendJson(response, {}, 404)

    for (let i = 0; i < 3; i++) await shop.lookup([lamp, chair], within(LONG_MS))

    expect(service.paths).toEqual(['/shop/products/lamp', '/shop/products/chair'])
  })

  test('past its freshness it is asked for again, and the new price holds', async () => {
    const shop = opened({ freshMs: 0 })
    await shop.lookup([lamp], within(LONG_MS))
    service.answering = (_path, response) => sendJson(response, productOf('lamp', 1234))

    const found = await shop.lookup([lamp], within(LONG_MS))

    expect(found.get(lamp)?.price.amount).toBe(1234)
  })

  test('a product that does not exist is asked for again sooner', async () => {
    const shop = opened({ goneFreshMs: 0 })
    service.answering = failing(404)
    await shop.lookup([lamp], within(LONG_MS))
    service.answering = selling

    expect(await outcome(shop.lookup([lamp], within(LONG_MS)))).toEqual(['lamp'])
  })

  test('ids of any characters arrive as they are', async () => {
    const shop = opened()
    const ids = ['a/b', '../up', 'q?x=1#y', 'ü 茶 🍵', '%2e', '__proto__', '.a'] as ProductId[]

    const found = await shop.lookup(ids, within(LONG_MS))

    expect([...found.keys()]).toEqual(ids)
  })

  test('ids that no URL can name do not exist, and nobody is asked', async () => {
    const shop = opened()

    expect(await outcome(shop.lookup(['.', '..', '\ud83d'] as ProductId[], within(LONG_MS)))).toEqual([])
    expect(service.paths).toEqual([])
  })

  test("the caller's trace is passed on, and nothing that is none", async () => {
    const shop = opened()
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

    await shop.lookup([lamp], { ...within(LONG_MS), traceparent })
    await shop.list({ ...within(LONG_MS), traceparent })
    await shop.lookup([chair], { ...within(LONG_MS), traceparent: 'mine' })

    expect(service.traceparents).toEqual([traceparent, traceparent, undefined])
  })

  test('the list is cached too', async () => {
    const shop = opened()

    const lists = [await shop.list(within(LONG_MS)), await shop.list(within(LONG_MS))]

    expect(lists[0]).toEqual([productOf('lamp'), productOf('chair')])
    expect(lists[1]).toBe(lists[0])
    expect(service.paths).toEqual(['/shop/products'])
  })

  test("an empty cart's currency is that of the first price seen, else the setting's", async () => {
    const shop = opened()
    const before = shop.defaultCurrency

    await shop.lookup([lamp], within(LONG_MS))

    expect([before, shop.defaultCurrency]).toEqual(['CHF', 'EUR'])
  })

  test('a list shows a currency as well, an empty one none', async () => {
    const shop = opened({ freshMs: 0 })
    service.answering = (_path, response) => sendJson(response, { products: [] })
    await shop.list(within(LONG_MS))
    const before = shop.defaultCurrency
    service.answering = selling
    await shop.list(within(LONG_MS))

    expect([before, shop.defaultCurrency]).toEqual(['CHF', 'EUR'])
  })
})

describe('many at once', () => {
  test('lookups of the same product at the same time are one request', async () => {
    const shop = opened()

    const all = await Promise.all(Array.from({ length: 50 }, () => shop.lookup([lamp], within(LONG_MS))))

    expect(all.every((found) => found.has(lamp))).toBe(true)
    expect(service.paths).toHaveLength(1)
  })

  test('no more requests are under way than allowed, and all are answered', async () => {
    const shop = opened({ parallel: 4 })
    service.answering = (path, response) => setTimeout(() => selling(path, response), 5)
    const ids = Array.from({ length: 40 }, (_, index) => `p${index}` as ProductId)

    const found = await shop.lookup(ids, within(LONG_MS))

    expect([...found.keys()]).toEqual(ids)
    expect(service.mostUnderWay).toBe(4)
  })

  test('a caller in a hurry does not take the answer away from one who can wait', async () => {
    const shop = opened()
    let answer: () => void = () => {}
    service.answering = (path, response) => {
      answer = () => selling(path, response)
    }

    const hurried = outcome(shop.lookup([lamp], within(30)))
    const patient = outcome(shop.lookup([lamp], within(LONG_MS)))
    const first = await hurried
    answer()

    expect(first).toEqual(unavailable)
    expect(await patient).toEqual(['lamp'])
    expect(service.paths).toHaveLength(1)
  })

  test('what waited for its turn until its deadline is not asked for at all', async () => {
    const shop = opened({ parallel: 1 })
    const held: (() => void)[] = []
    service.answering = (path, response) => held.push(() => selling(path, response))

    const first = outcome(shop.lookup([lamp], within(LONG_MS)))
    const second = outcome(shop.lookup([chair], within(20)))
    const late = await second
    await until(() => held.length > 0)
    held[0]?.()

    expect(late).toEqual(unavailable)
    expect(await first).toEqual(['lamp'])
    expect(service.paths).toEqual(['/shop/products/lamp'])
  })

  test('invented products push no real one out', async () => {
    const shop = opened({ entries: 10 })
    service.answering = (path, response) =>
      path.includes('ghost') ? sendJson(response, {}, 404) : selling(path, response)
    await shop.lookup([lamp], within(LONG_MS))

    await shop.lookup(
      Array.from({ length: 100 }, (_, index) => `ghost-${index}` as ProductId),
      within(LONG_MS),
    )

    expect(shop.known(lamp)).toMatchObject({ productId: lamp })
  })

  test('no more products are kept than allowed', async () => {
    const shop = opened({ entries: 10 })
    const ids = Array.from({ length: 30 }, (_, index) => `p${index}` as ProductId)

    const found = await shop.lookup(ids, within(LONG_MS))
    service.answering = silent
    const kept = ids.filter((id) => shop.known(id) !== undefined)

    expect(found.size).toBe(30)
    expect(kept).toHaveLength(10)
  })
})

describe('a service in trouble', () => {
  const closing = (response: ServerResponse) => response.destroy()
  const troubles: [name: string, answering: TestService['answering']][] = [
    ['answers 500', failing(500)],
    ['answers 503', failing(503)],
    ['answers 429', failing(429)],
    ['answers nothing', silent],
    ['hangs up', (_path, response) => closing(response)],
    [
      'hangs up in the middle',
      (_path, response) => {
        response.writeHead(200, { 'content-length': '1000' })
        response.write('{"productId":', () => closing(response))
      },
    ],
    ['stops in the middle', (_path, response) => response.writeHead(200).write('{"productId":')],
    ['answers 401', failing(401)],
    ['answers garbage', (_path, response) => response.end('<html>Welcome!</html>')],
    ['answers with nothing in it', (_path, response) => response.end()],
    ['answers with another shape', (_path, response) => sendJson(response, { id: 'lamp', price: 9.99 })],
    ['answers with another product', (_path, response) => sendJson(response, productOf('diamond', 1))],
    [
      'redirects',
      (path, response, request) => {
        if (path.includes('elsewhere')) selling('/shop/products/lamp', response)
        else response.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end()
      },
    ],
    ['answers with a huge body', (_path, response) => response.end(`"${'x'.repeat(9 * 1024 * 1024)}"`)],
    [
      'never stops answering',
      (_path, response) => {
        const more = () =>
          response.destroyed || response.write('x'.repeat(64 * 1024), () => setImmediate(more))
        response.writeHead(200)
        more()
      },
    ],
  ]

  test.each(troubles)('that %s: known products are used, others cannot be had', async (_name, trouble) => {
    const shop = opened({ freshMs: 0, timeoutMs: 500 })
    await shop.lookup([lamp], within(LONG_MS))
    await shop.list(within(LONG_MS))
    service.answering = trouble

    const known = await outcome(shop.lookup([lamp], within(LONG_MS)))
    const unknown = await outcome(shop.lookup([lamp, chair], within(LONG_MS)))
    const list = await shop.list(within(LONG_MS))

    expect(known).toEqual(['lamp'])
    expect(unknown).toEqual(unavailable)
    expect(unknown).toMatchObject({ retryAfterSeconds: 1 })
    expect(list).toHaveLength(2)
    expect(warnings).toHaveLength(1)
  })

  test('that is down: known products are used, others cannot be had, and it is used again when it is back', async () => {
    const shop = opened({ freshMs: 0 })
    await shop.lookup([lamp], within(LONG_MS))
    await service.stop()

    const known = await outcome(shop.lookup([lamp], within(LONG_MS)))
    const unknown = await outcome(shop.lookup([chair], within(LONG_MS)))
    const list = await shop.list(within(LONG_MS)).catch((error) => error)
    await service.start()
    const back = await outcome(shop.lookup([chair], within(LONG_MS)))

    expect(known).toEqual(['lamp'])
    expect(unknown).toEqual(unavailable)
    expect(list).toEqual(unavailable)
    expect(back).toEqual(['chair'])
    expect(warnings).toEqual([expect.stringMatching(/^product service: GET http.*lamp: .*ECONNREFUSED/)])
  })

  test('that is down from the start stops nobody from opening the shop', async () => {
    await service.stop()
    const shop = opened()

    expect(shop.known(lamp)).toBeUndefined()
    expect(shop.defaultCurrency).toBe('CHF')
    expect(await outcome(shop.lookup([lamp], within(LONG_MS)))).toEqual(unavailable)
  })

  test('a product last seen too long ago does not stand in', async () => {
    const shop = opened({ freshMs: 0, staleMs: 0 })
    await shop.lookup([lamp], within(LONG_MS))
    service.answering = failing(500)

    expect(await outcome(shop.lookup([lamp], within(LONG_MS)))).toEqual(unavailable)
    expect(shop.known(lamp)).toBeUndefined()
  })

  test('a product known not to exist may exist by now: without an answer, nothing is certain', async () => {
    const shop = opened({ goneFreshMs: 0 })
    service.answering = failing(404)
    await shop.lookup([lamp], within(LONG_MS))
    service.answering = failing(500)

    expect(await outcome(shop.lookup([lamp], within(LONG_MS)))).toEqual(unavailable)
    expect(shop.known(lamp)).toBe('gone')
  })

  test('the deadline holds however slow the service is, and a known product stands in then too', async () => {
    const shop = opened({ freshMs: 0, timeoutMs: LONG_MS })
    await shop.lookup([lamp], within(LONG_MS))
    service.answering = silent

    expect(await outcome(shop.lookup([lamp], within(30)))).toEqual(['lamp'])
    expect(await outcome(shop.lookup([lamp, chair], within(30)))).toEqual(unavailable)
  })

  test('a deadline that has passed asks nobody', async () => {
    const shop = opened()

    expect(await outcome(shop.lookup([lamp], within(-1)))).toEqual(unavailable)
    expect(service.paths).toEqual([])
  })

  test('a lie is told with the place, the value seen and the value wanted', async () => {
    const shop = opened()
    service.answering = (_path, response) => sendJson(response, { ...productOf('lamp'), name: 7 })

    await outcome(shop.lookup([lamp], within(LONG_MS)))

    expect(warnings).toEqual([
      `product service: GET ${service.url}/products/lamp: /name is 7, wanted text of 1 to 200 characters`,
    ])
  })

  test('one wrong product makes the list a wrong list', async () => {
    const shop = opened()
    service.answering = (_path, response) =>
      sendJson(response, { products: [productOf('lamp'), { ...productOf('chair'), price: null }] })

    await expect(shop.list(within(LONG_MS))).rejects.toThrow(CatalogUnavailable)
    expect(warnings[0]).toContain('/products/1/price is null, wanted a price')
  })
})

describe('the breaker', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `p${index}` as ProductId)

  test('after five failures in a row nobody is asked, and the answer says for how long', async () => {
    const shop = opened({ freshMs: 0, pauseMs: 20_000 })
    await shop.lookup([lamp], within(LONG_MS))
    service.answering = failing(500)
    for (const id of ids(5)) await outcome(shop.lookup([id], within(LONG_MS)))
    const asked = service.paths.length
    service.answering = selling

    const unknown = await outcome(shop.lookup([chair], within(LONG_MS)))
    const known = await outcome(shop.lookup([lamp], within(LONG_MS)))

    expect(unknown).toEqual(unavailable)
    expect(unknown).toMatchObject({ retryAfterSeconds: 20 })
    expect(known).toEqual(['lamp'])
    expect(shop.known(chair)).toBeUndefined()
    expect(asked).toBe(1 + 5)
    expect(service.paths).toHaveLength(asked)
  })

  test('the answer is immediate also while old requests hold every slot', async () => {
    const shop = opened({ parallel: 6, timeoutMs: LONG_MS })
    service.answering = (path, response) => (path.endsWith('held') ? undefined : failing(500)(path, response))
    const held = outcome(shop.lookup(['held' as ProductId], within(LONG_MS)))
    for (const id of ids(5)) await outcome(shop.lookup([id], within(LONG_MS)))
    service.answering = silent

    expect(await outcome(shop.lookup(ids(200), within(LONG_MS)))).toEqual(unavailable)
    catalog?.close()
    expect(await held).toEqual(unavailable)
  })

  test('after the pause the service is tried, and used when it is back', async () => {
    const shop = opened({ pauseMs: 20, maxPauseMs: 20 })
    service.answering = failing(500)
    for (const id of ids(5)) await outcome(shop.lookup([id], within(LONG_MS)))
    service.answering = selling

    let found: unknown
    while (!Array.isArray(found)) {
      await sleep(5)
      found = await outcome(shop.lookup([lamp], within(LONG_MS)))
    }

    expect(found).toEqual(['lamp'])
    expect(await outcome(shop.lookup(ids(20), within(LONG_MS)))).toEqual(ids(20))
  })

  test('products that do not exist are no failures', async () => {
    const shop = opened()
    service.answering = failing(404)

    expect(await outcome(shop.lookup(ids(20), within(LONG_MS)))).toEqual([])
    service.answering = selling
    expect(await outcome(shop.lookup([lamp], within(LONG_MS)))).toEqual(['lamp'])
  })

  test('a product that is answered with lies does not take the others along, and is not asked for at once again', async () => {
    const shop = opened()
    service.answering = (path, response) =>
      path.endsWith('/chair') ? response.end('{}') : selling(path, response)

    for (let i = 0; i < 10; i++) {
      expect(await outcome(shop.lookup([chair], within(LONG_MS)))).toEqual(unavailable)
    }

    expect(service.paths).toEqual(['/shop/products/chair'])
    expect(await outcome(shop.lookup([lamp], within(LONG_MS)))).toEqual(['lamp'])
  })

  test('a liar that has mended its ways is believed again', async () => {
    const shop = opened({ pauseMs: 20 })
    service.answering = (_path, response) => response.end('{}')
    await outcome(shop.lookup([chair], within(LONG_MS)))
    service.answering = selling

    let found: unknown
    while (!Array.isArray(found)) {
      await sleep(5)
      found = await outcome(shop.lookup([chair], within(LONG_MS)))
    }

    expect(found).toEqual(['chair'])
  })
})

describe('what is known without waiting', () => {
  test('is nothing at first, and the product as soon as the background has brought it', async () => {
    const shop = opened()

    const first = shop.known(lamp)
    await until(() => shop.known(lamp) !== undefined)

    expect(first).toBeUndefined()
    expect(shop.known(lamp)).toEqual(productOf('lamp'))
    expect(service.paths).toEqual(['/shop/products/lamp'])
  })

  test('is the last answer, which is refreshed once in the background when it is not fresh', async () => {
    const shop = opened({ freshMs: 0 })
    await shop.lookup([lamp], within(LONG_MS))
    let answer: () => void = () => {}
    service.answering = (_path, response) => {
      answer = () => sendJson(response, productOf('lamp', 1234))
    }

    const seen = Array.from({ length: 100 }, () => shop.known(lamp))
    await until(() => service.paths.length > 1)
    answer()
    await until(() => {
      const now = shop.known(lamp)
      return typeof now === 'object' && now.price.amount === 1234
    })

    expect(seen).toEqual(Array(100).fill(productOf('lamp')))
  })

  test('keeps to half of the slots in the background, so that lookups find room', async () => {
    const shop = opened({ parallel: 4 })
    service.answering = (path, response) => (path.endsWith('/lamp') ? selling(path, response) : undefined)

    for (let i = 0; i < 100; i++) shop.known(`p${i}` as ProductId)
    const found = await outcome(shop.lookup([lamp], within(LONG_MS)))

    expect(found).toEqual(['lamp'])
    expect(service.paths).toHaveLength(3)
  })

  test('never throws: down, lying or closed', async () => {
    const shop = opened({ freshMs: 0, failures: 1 })
    service.answering = (_path, response) => response.end('[')
    shop.known(lamp)
    await until(() => warnings.length > 0)
    service.answering = failing(500)
    shop.known(chair)
    await until(() => service.paths.length > 1)
    await outcome(shop.lookup([chair], within(LONG_MS)))
    const paused = shop.known(chair)
    shop.close()

    expect([paused, shop.known(chair), shop.known('.' as ProductId)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

test('closing ends the requests under way', async () => {
  const shop = opened({ timeoutMs: LONG_MS })
  service.answering = silent
  const looking = outcome(shop.lookup([lamp], within(LONG_MS)))
  await until(() => service.paths.length > 0)

  shop.close()

  expect(await looking).toEqual(unavailable)
  expect(await outcome(shop.lookup([chair], within(LONG_MS)))).toEqual(unavailable)
  expect(service.paths).toHaveLength(1)
  expect(warnings).toEqual([])
})

describe('the URL', () => {
  const open = (url: string) => () => openHttpCatalog({ url, defaultCurrency: 'EUR', warn: () => {} }).close()

  test.each([
    ['no URL', 'products.example', '"products.example"'],
    ['another scheme', 'ftp://products.example', '"ftp://products.example"'],
    ['a password, which is not shown', 'https://me:secret@products.example', '"https://…@products.example"'],
    ['a query, which is not shown', 'https://products.example?key=secret', '"https://products.example?…"'],
  ])('is refused when it is %s', (_what, url, shown) => {
    expect(open(url)).toThrow(CatalogNotOpened)
    expect(open(url)).toThrow(
      `catalog URL is ${shown}, wanted an http or https URL such as https://products.example/v1`,
    )
  })

  test('may end in a slash or not', async () => {
    const shop = opened({ url: `${service.url}/` })

    await shop.lookup([lamp], within(LONG_MS))

    expect(service.paths).toEqual(['/shop/products/lamp'])
  })
})
