import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chance } from '@cartwright/test-servers'
import type { StoreName } from '../faults.ts'
import type { CartEvent } from './event.ts'

/** Where API processes deliver their events: a webhook, and an EventBridge bus in as far as PutEvents asks for one. */
export interface EventReceiver {
  /** The settings of an API process with this store that delivers here. */
  environmentFor(store: StoreName): Readonly<Record<string, string>>
  /** What was accepted, in its order, repeats included. */
  readonly delivered: readonly CartEvent[]
  /** Half of the calls go wrong from now on; none if there is no chance. */
  trouble(chance: Chance | undefined): void
  stop(): Promise<void>
}

/** What EventBridge says when it is asked for too much; one of those that a sender is to repeat. */
const THROTTLED = { ErrorCode: 'ThrottlingException', ErrorMessage: 'refused for the test' }

/**
 * What happens to a call:
 *
 * - `accept`: all of it is accepted; `late`: that, and the answer takes its time; `unheard`: that, without an answer;
 * - `refuse`: some entries are refused where an answer can say which (EventBridge), all of them where it cannot;
 * - `cut`: nothing is accepted, and the connection ends.
 */
type Fate = 'accept' | 'late' | 'unheard' | 'refuse' | 'cut'

export async function startEventReceiver(): Promise<EventReceiver> {
  const delivered: CartEvent[] = []
  let chance: Chance | undefined
  const server = createServer((incoming, outgoing) => {
    receive(incoming, outgoing).catch(() => incoming.socket.destroy())
  })

  const receive = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await text(incoming)
    const isBus = incoming.headers['x-amz-target'] === 'AWSEvents.PutEvents'
    const events = isBus ? eventsOnBus(body) : (JSON.parse(body) as { events: CartEvent[] }).events
    const trouble = chance
    const fate: Fate =
      trouble === undefined || trouble.next() < 0.5
        ? 'accept'
        : trouble.of(['late', 'unheard', 'refuse', 'refuse', 'cut'])
    if (fate === 'cut') return void incoming.socket.destroy()
    const isRefused = events.map(() => fate === 'refuse' && (!isBus || (trouble?.next() ?? 0) < 0.5))
    delivered.push(...events.filter((_, index) => isRefused[index] === false))
    if (fate === 'unheard') return void incoming.socket.destroy()
    if (fate === 'late') await sleep(100 + (trouble?.below(900) ?? 0))
    if (isBus) {
      const Entries = isRefused.map((refused, index) => (refused ? THROTTLED : { EventId: String(index) }))
      outgoing
        .writeHead(200, { 'Content-Type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ FailedEntryCount: isRefused.filter(Boolean).length, Entries }))
    } else outgoing.writeHead(fate === 'refuse' ? 503 : 204).end()
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return {
    environmentFor: (store) =>
      store === 'sqlite' || store === 'redis'
        ? { EVENTS: url }
        : { EVENTS: 'eventbridge', EVENT_BUS_NAME: 'carts', AWS_ENDPOINT_URL_EVENTBRIDGE: url },
    delivered,
    trouble: (wanted) => {
      chance = wanted
    },
    stop: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

function eventsOnBus(body: string): CartEvent[] {
  const { Entries } = JSON.parse(body) as { Entries: { Detail: string }[] }
  return Entries.map(({ Detail }) => JSON.parse(Detail) as CartEvent)
}
