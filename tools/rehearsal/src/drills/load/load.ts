import { RehearsalProblem } from '../../problem.ts'
import type { Answer, Phase } from './answer.ts'
import { type Api, ApiClient, type Asking, type Received } from './api-client.ts'
import { LoadedCart } from './cart.ts'
import { type LoadReport, reportOf } from './report.ts'

/** So many requests one client has open at the most, each for a cart of its own. */
const OPEN_REQUESTS = 32
/** How long a cart may take to tell what is in it when all is over, and the pause between two looks, in milliseconds. */
const AUDIT_PATIENCE = 60_000
const AUDIT_PAUSE = 500

export interface LoadOptions {
  readonly api: Api
  readonly clients: number
  /** Requests a second, of all clients. */
  readonly rate: number
}

/**
 * A steady load: a request is sent each time that one is due, however long the answers before it take. Nothing is sent
 * twice, so each answer is one that a client got.
 */
export class Load {
  phase: Phase = 'before'
  readonly #shoppers: readonly Shopper[]
  readonly #product: string
  readonly #answers: Answer[] = []
  readonly #open = new Set<Promise<void>>()
  readonly #interval: number
  readonly #began = performance.now()
  #due = 0
  #heldBack = 0
  #timer: NodeJS.Timeout | undefined

  private constructor({ api, clients, rate }: LoadOptions, product: string) {
    this.#product = product
    this.#interval = 1000 / rate
    this.#shoppers = Array.from({ length: clients }, () => ({
      client: new ApiClient(api),
      idle: [],
      carts: [],
    }))
    this.#pace()
  }

  /** @throws {RehearsalProblem} where the API does not answer */
  static async start(options: LoadOptions): Promise<Load> {
    return new Load(options, await findProduct(options.api))
  }

  get answers(): readonly Answer[] {
    return this.#answers
  }

  /** How many requests are under way. */
  get open(): number {
    return this.#open.size
  }

  /** Sends no more, waits for what is under way, and looks what became of the carts. */
  async stop(): Promise<LoadReport> {
    clearTimeout(this.#timer)
    await Promise.all(this.#open)
    try {
      const audits = await Promise.all(this.#shoppers.map(audit))
      return reportOf({ answers: this.#answers, heldBack: this.#heldBack, audits: audits.flat() })
    } finally {
      this.abort()
    }
  }

  /** Ends it at once. */
  abort(): void {
    clearTimeout(this.#timer)
    for (const { client } of this.#shoppers) client.close()
  }

  #pace(): void {
    const now = performance.now()
    for (; this.#began + this.#due * this.#interval <= now; this.#due += 1) this.#send(this.#due)
    this.#timer = setTimeout(() => this.#pace(), this.#began + this.#due * this.#interval - now)
  }

  #send(number: number): void {
    const { client, idle, carts } = this.#shoppers[number % this.#shoppers.length] as Shopper // there is one at least
    const known = idle.pop()
    if (known === undefined && carts.length >= OPEN_REQUESTS) {
      this.#heldBack += 1
      return
    }
    const cart = known ?? new LoadedCart(this.#product)
    if (known === undefined) carts.push(cart)
    const sentIn = this.phase
    const { act, asking, heard } = cart.next()
    const answered = client.ask(asking).then((received) => {
      heard(received)
      idle.push(cart)
      // What was under way when it began was there during it.
      const phase = sentIn === 'before' && this.phase !== 'before' ? 'during' : sentIn
      this.#answers.push({ act, phase, ...answerOf(received) })
      this.#open.delete(answered)
    })
    this.#open.add(answered)
  }
}

interface Shopper {
  readonly client: ApiClient
  /** Those without an open request; the one used last is used next, so that it is read soon after it was changed. */
  readonly idle: LoadedCart[]
  readonly carts: LoadedCart[]
}

/** What became of a cart; nothing where it could not be told. */
export type Audit = Awaited<ReturnType<LoadedCart['audit']>> | undefined

async function audit({ client, carts }: Shopper): Promise<readonly Audit[]> {
  const patience = performance.now() + AUDIT_PATIENCE
  const ask = async (asking: Asking): Promise<Received> => {
    for (;;) {
      const received = await client.ask(asking)
      if (typeof received.outcome === 'number' && received.outcome < 500) return received
      // A load balancer that listens to nobody is gone.
      if (received.outcome === 'refused' || performance.now() > patience)
        throw new RehearsalProblem(`${asking.path} was answered ${received.outcome}`)
      await new Promise((resolve) => setTimeout(resolve, AUDIT_PAUSE))
    }
  }
  const audits: Audit[] = []
  for (const cart of carts) audits.push(await cart.audit(ask).catch(() => undefined))
  return audits
}

function answerOf({ outcome, sentAt, milliseconds, headers, body, reason }: Received) {
  const instance = headers['x-instance-id']
  const code = body['code'] ?? reason
  return {
    outcome,
    sentAt,
    milliseconds,
    hasRetryAfter: headers['retry-after'] !== undefined,
    ...(typeof instance === 'string' ? { instance } : {}),
    ...(typeof code === 'string' ? { reason: code } : {}),
  }
}

/** One without variants, which nobody has to choose from. */
async function findProduct(api: Api): Promise<string> {
  const client = new ApiClient(api)
  try {
    const { outcome, body, reason } = await client.ask({ method: 'GET', path: '/products' })
    if (outcome !== 200)
      throw new RehearsalProblem(
        `${api.url}/products was answered ${outcome}${reason ? ` (${reason})` : ''}; wanted: 200`,
      )
    // As docs/reference/http.md has it.
    const products = (body['products'] ?? []) as { productId: string; variants?: unknown[] }[]
    const product = products.find(({ variants }) => variants === undefined)
    if (product === undefined)
      throw new RehearsalProblem(`none of ${products.length} products has no variants; wanted: one`)
    return product.productId
  } finally {
    client.close()
  }
}
