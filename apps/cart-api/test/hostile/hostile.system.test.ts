import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { ATTACKS, attack } from './broken-http.ts'
import { Contract } from './contract.ts'
import { type Draft, wireBytes } from './draft.ts'
import { drafts } from './drafts.ts'
import { type Ending, leaveHalfRequests } from './half-requests.ts'
import { HostileClient } from './hostile-client.ts'
import { assertAsDocumented, assertSound } from './verdict.ts'
import { gatherWords } from './words.ts'

const REQUESTS = 12_000
/** Enough for everything that is compiled, cached or pooled once. */
const WARM_UP = 4_000
/** How much more heap may be in use after all requests than after the warm-up. */
const GROWTH = 1.2

let folder: string
let api: OwnProcessApi
let contract: Contract
let client: HostileClient
let requests: fc.Arbitrary<Draft>
let heapAfterWarmUp: number
let halfRequests: Promise<Ending[]>

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-hostile-'))
  api = await startOwnProcess({
    environment: {
      DATA_DIR: folder,
      IDENTITY: 'header',
      LOG_LEVEL: 'warn',
      SQLITE_SYNCHRONOUS: 'normal',
      // Carts that end within the run are nobody's again: every state of a cart keeps being met.
      GUEST_CART_TTL_SECONDS: '1',
      USER_CART_TTL_SECONDS: '1',
    },
    nodeFlags: ['--expose-gc', '--import', path.join(import.meta.dirname, 'heap-report.ts')],
  })
  client = new HostileClient(api.url)
  contract = await Contract.of(api.url)
  requests = drafts(contract, await gatherWords(api.url))
  for (const draft of fc.sample(requests, WARM_UP)) await client.ask(wireBytes(draft), draft.method)
  for (const one of ATTACKS) await attack(api.url, one)
  heapAfterWarmUp = await heapInUse()
  halfRequests = leaveHalfRequests(api.url)
}, 60_000)

afterAll(async () => {
  client.close()
  await api.stop()
  rmSync(folder, { recursive: true })
})

test(`${REQUESTS} requests made from the OpenAPI document, right and wrong, are answered as it says`, async () => {
  const done = new Set<string>()
  await fc.assert(
    fc.asyncProperty(requests, async (draft) => {
      const answer = await client.ask(wireBytes(draft), draft.method)
      assertAsDocumented(answer, draft)
      if (answer.status < 300) done.add(draft.operation.id)
    }),
    { numRuns: REQUESTS },
  )
  // Had an operation never succeeded, little of it would have been tried.
  expect([...done].sort()).toEqual(contract.operations.map(({ id }) => id).sort())
}, 120_000)

test('a method that the document does not name is refused with the names of those that it does', async () => {
  for (const [path, sharing] of Map.groupBy(contract.operations, (operation) => operation.path)) {
    const named = sharing.map(({ method }) => method)
    const allowed = [...named, 'OPTIONS', ...(named.includes('GET') ? ['HEAD'] : [])].sort().join(', ')
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'OPTIONS']) {
      if (named.includes(method)) continue
      const answer = await client.ask(Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: cart.example\r\n\r\n`))

      assertSound(answer)
      expect([method, path, answer.status]).toEqual([method, path, method === 'OPTIONS' ? 204 : 405])
      expect(answer.headers.get('allow')).toBe(allowed)
    }
  }
})

test.each(ATTACKS)('$name', async (one) => {
  const answers = await attack(api.url, one)

  expect(answers.map(({ status }) => status)).toEqual(one.answers)
  if (one.byNode !== true) answers.forEach(assertSound)
})

test('a request that never becomes whole is answered with 408 in the end', async () => {
  const endings = await halfRequests

  expect(endings.filter(({ end }) => end !== 408)).toEqual([])
}, 60_000)

test('after all of it the heap is what it was after the warm-up, within 20 %', async () => {
  const heap = await heapInUse()

  expect(heap).toBeLessThan(GROWTH * heapAfterWarmUp)
})

test('nothing of it was worth a warning in the log', () => {
  expect(api.output.stdout).toBe('')
})

/** In bytes, after forced collections; see `heap-report.ts`. */
async function heapInUse(): Promise<number> {
  const answer = once(api.child, 'message')
  api.child.send('heap')
  const [report] = (await answer) as [{ heapUsed: number }]
  return report.heapUsed
}
