import { setTimeout as sleep } from 'node:timers/promises'

/** The pause between two questions, in milliseconds. */
const PAUSE = 20

/** Resolves when the cart API at this URL uses its cache, or has none. */
export async function untilCached({ url }: { readonly url: string }): Promise<void> {
  for (;;) {
    // The API's own answer.
    const health = (await (await fetch(`${url}/health`)).json()) as { cache: { state: string } }
    if (['on', 'none'].includes(health.cache.state)) return
    await sleep(PAUSE)
  }
}
