import { type Checks, Mismatch, NotChecked } from '../check.ts'
import { openQueue, type QueueOptions } from '../queue/queue.ts'
import { isOfPermission } from '../queue/refusal.ts'
import { type Search, search } from '../queue/search.ts'

/** What a rule's target gets of EventBridge, with an event of ours in it (docs/reference/events.md). */
interface Envelope {
  readonly detail?: { readonly data?: { readonly orderId?: unknown } }
}

/** How long the event may take, in seconds: AWS mostly needs less than one. */
const PATIENCE = 30

/** @param queue where the events of orders arrive */
export function eventChecks(queue: QueueOptions | undefined): Checks {
  if (queue === undefined) return []
  return [
    {
      name: 'the event of the checkout arrives in the queue',
      run: (shop) => lookFor(shop.order.order.orderId, queue),
    },
  ]
}

async function lookFor(orderId: string, options: QueueOptions): Promise<void> {
  const { patience = PATIENCE } = options
  const wanted = `checkout-started of order ${orderId} within ${patience} s`
  const { kind, others } = await lookedFor(orderId, options, patience).catch((error: Error) => {
    const reason = `${error.name}: ${error.message.replaceAll(/\s+/g, ' ')}`
    if (isOfPermission(error)) throw new NotChecked(reason)
    throw new Mismatch({ seen: reason, wanted }, error)
  })
  if (kind === 'given up') {
    throw new NotChecked(`the first ${others} messages are others', and no more are looked at`)
  }
  if (kind === 'not there') {
    const messages = `${others === 0 ? 'no' : others} message${others === 1 ? '' : 's'} of others`
    throw new Mismatch({ seen: `${messages} in the queue; a consumer of it may have been faster`, wanted })
  }
}

async function lookedFor(orderId: string, options: QueueOptions, patience: number): Promise<Search> {
  const queue = await openQueue(options)
  try {
    return await search(queue, (body) => envelopeIn(body).detail?.data?.orderId === orderId, patience)
  } finally {
    queue.close()
  }
}

/** Others put into it what they like. */
function envelopeIn(body: string): Envelope {
  try {
    return JSON.parse(body) ?? {}
  } catch {
    return {}
  }
}
