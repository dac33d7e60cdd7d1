import type { CartId } from '@cartwright/cart-domain'
import { type Call, openSqliteStore } from '@cartwright/cart-store'
import { History, type Lines, ordered } from './history.ts'
import { KeepAliveClient } from './keep-alive.ts'
import { type Ledger, nameOf, type Operation, type Standing } from './ledger.ts'

/** The longest history that is read; more rows would be missed, so the audit refuses them. */
const MOST_ROWS = 100_000

export interface AuditOptions {
  /** Of the API, which shows carts and orders. */
  readonly url: string
  /** The API's database, which holds the outbox and the kept answers. */
  readonly file: string
  readonly ledger: Ledger
}

/**
 * Compares what is there with what the clients were told, and names every difference:
 *
 * - each outbox row belongs to exactly one operation, and each acknowledged change to exactly one row, which tells
 *   the same version and the same lines as the answer;
 * - an operation has its answer kept if it happened and only then, and kept is what the client was told;
 * - what was refused has left nothing; what was not answered has left everything or nothing;
 * - every cart is what its events make of it, and every order what its event says.
 *
 * The ledger learns which of the unanswered operations have happened. Nobody may be changing anything meanwhile.
 */
export async function audit({ url, file, ledger }: AuditOptions): Promise<string[]> {
  const store = openSqliteStore({ file })
  const shop = new Shop(url)
  try {
    const rows = await store.outbox.pending({ createdBefore: Date.now(), limit: MOST_ROWS }, call())
    if (rows.length === MOST_ROWS) throw new Error(`the outbox has ${MOST_ROWS} rows or more`)
    const history = new History(rows)
    const findings = [...history.findings]
    const claimed = new Set<string>()
    for (const [operation, standing] of ledger.standings) {
      const kept = await store.readAnswer(operation.cartId, operation.key, call())
      if (kept !== undefined) ledger.happened(operation)
      findings.push(...auditOperation(operation, standing, kept, { history, claimed }))
    }
    for (const mark of history.commits.keys()) {
      if (!claimed.has(mark)) findings.push(`${mark}, and no kept answer tells of it`)
    }
    for (const [cartId, version] of history.versions) {
      findings.push(...differences(`${cartId}`, await shop.cart(cartId), history.cart(cartId, version)))
    }
    for (const { cartId, order } of history.commits.values()) {
      if (order === undefined) continue
      findings.push(...differences(`order ${order.orderId}`, await shop.order(cartId, order.orderId), order))
    }
    return findings
  } finally {
    shop.close()
    await store.close()
  }
}

interface Evidence {
  readonly history: History
  /** The commits that an operation has been found for. */
  readonly claimed: Set<string>
}

function auditOperation(
  operation: Operation,
  standing: Standing,
  kept: Kept | undefined,
  { history, claimed }: Evidence,
): string[] {
  const name = nameOf(operation)
  if (kept === undefined) return standing.is === 'done' ? [`${name} was acknowledged, and is lost`] : []
  if (standing.is === 'refused') return [`${name} was refused, and its answer is kept: ${kept.body}`]
  if (standing.is === 'done') {
    const { status, text } = standing.answer
    if (status !== kept.status || text !== kept.body) {
      return [`${name} was answered with ${status} ${text}; kept is ${kept.status} ${kept.body}`]
    }
  }

  const shown = JSON.parse(kept.body) as Shown
  const mark = operation.mark ?? ordered(operation.cartId, shown.orderId ?? '')
  const commit = history.commits.get(mark)
  if (commit === undefined) return [`${name} was answered with ${kept.body}, and no event tells of it`]
  // A checkout of a cart that has not changed since its last checkout made no order; it was told of that one.
  if (operation.mark === undefined && kept.status === 200) return []
  if (claimed.has(mark)) return [`${name} claims what another request did: ${mark}`]
  claimed.add(mark)
  return differences(name, told(shown), commit.order ?? history.cart(commit.cartId, commit.version))
}

function differences(name: string, seen: object, wanted: object | undefined): string[] {
  const [a, b] = [JSON.stringify(seen), JSON.stringify(wanted)]
  return a === b ? [] : [`${name} is shown as ${a}; its events say ${b}`]
}

/** What customers see. */
class Shop {
  readonly #url: string
  readonly #client = new KeepAliveClient()

  constructor(url: string) {
    this.#url = url
  }

  cart(cartId: CartId): Promise<object> {
    return this.#show('/cart', cartId)
  }

  order(cartId: CartId, orderId: string): Promise<object> {
    return this.#show(`/checkout/${orderId}`, cartId)
  }

  close(): void {
    this.#client.close()
  }

  async #show(path: string, cartId: CartId): Promise<object> {
    const answer = await this.#client.ask(this.#url, {
      method: 'GET',
      path,
      headers: { 'X-Cart-ID': cartId },
    })
    const { status, text } = answer
    return status === 200 ? told(JSON.parse(text) as Shown) : { status, text }
  }
}

interface Kept {
  readonly status: number
  readonly body: string
}

/** What is compared of an answer that shows a cart (which has a version) or an order (which has an id). */
interface Shown {
  readonly version?: number
  readonly orderId?: string
  readonly lines: Lines
}

/** Only what events tell as well, its members in the order that they have there. */
function told({ version, orderId, lines }: Shown): object {
  return {
    ...(orderId === undefined ? { version } : { orderId }),
    lines: lines.map(({ productId, variant, quantity, unitPrice }) => ({
      productId,
      ...(variant === undefined ? {} : { variant }),
      quantity,
      unitPrice,
    })),
  }
}

function call(): Call {
  return { now: Date.now(), deadline: performance.now() + 10_000 }
}
