import type { Message, Queue } from './queue.ts'

export interface Search {
  /** Given up after too many messages of others; not there when the time was over. */
  readonly kind: 'found' | 'given up' | 'not there'
  /** How many messages of others were received. */
  readonly others: number
}

/** So many messages of others are looked at. */
const MOST_OTHERS = 50
/** How much longer than the search those stay hidden that it could not put back, in seconds. */
const MARGIN = 5

/**
 * Looks for a message of one's own in a queue that others read, and takes it away.
 *
 * Each message of others is received once: every receipt counts, and after some the queue takes it for one that cannot be
 * handled and moves it to its dead letters. So it is not put back in between, where the next look would meet it again,
 * but as soon as the search is over. A search that is killed leaves them hidden for as long as it would have taken.
 *
 * @param patience in seconds
 */
export async function search(
  queue: Pick<Queue, 'receive' | 'remove' | 'putBack'>,
  isOurs: (body: string) => boolean,
  patience: number,
): Promise<Search> {
  const deadline = performance.now() + patience * 1000
  const others: Message[] = []
  try {
    for (;;) {
      const left = (deadline - performance.now()) / 1000
      if (left <= 0) return { kind: 'not there', others: others.length }
      if (others.length >= MOST_OTHERS) return { kind: 'given up', others: others.length }
      const messages = await queue.receive(left, left + MARGIN)
      const ours = messages.filter(({ body }) => isOurs(body))
      others.push(...messages.filter((message) => !ours.includes(message)))
      // Who may not delete leaves it to whoever reads the queue.
      for (const message of ours) await queue.remove(message).catch(() => undefined)
      if (ours.length > 0) return { kind: 'found', others: others.length }
    }
  } finally {
    // Who may not do that has to wait until they come back by themselves.
    await queue.putBack(others).catch(() => undefined)
  }
}
