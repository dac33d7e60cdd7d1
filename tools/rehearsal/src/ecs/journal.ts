/** What happened, and when: what a drill is judged by. */
export interface Entry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly kind: EntryKind
  /** Ids, not ARNs. */
  readonly task?: string
  readonly container?: string
  readonly deployment?: string
  readonly said: string
}

export type EntryKind =
  | 'event'
  | 'task-state'
  | 'container'
  | 'health'
  | 'target'
  | 'signal'
  | 'deployment'
  | 'cache'
  | 'lost-lines'
  | 'not-rehearsed'
  | 'problem'

/** So many are kept: a rehearsal may run for days. */
const KEPT = 10_000

/** What happens, in order. No secret ever gets in, not even inside of what AWS or a process said. */
export class Journal {
  readonly #entries: Entry[] = []
  readonly #secrets = new Set<string>()
  readonly #listeners = new Set<(entry: Entry) => void>()

  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** From now on this value is written as `***`. */
  conceal(secret: string): void {
    // A single letter would be found everywhere.
    if (secret.length >= 4) this.#secrets.add(secret)
  }

  write(entry: Omit<Entry, 'at'>): void {
    let { said } = entry
    for (const secret of this.#secrets) said = said.replaceAll(secret, '***')
    const written = { at: Date.now(), ...entry, said }
    this.#entries.push(written)
    if (this.#entries.length > KEPT) this.#entries.shift()
    for (const listener of this.#listeners) listener(written)
  }

  /** @returns ends it */
  follow(listener: (entry: Entry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
