import {
  type CartHash,
  type Earlier,
  type Place,
  type Primary,
  type Process,
  SERVERS,
  type State,
  type Token,
} from './state.ts'

/**
 * A short text that two states share if and only if they differ in nothing but the names of tokens: these are
 * numbered in the order in which the text meets them. Every list is preceded by its length, so no two different
 * states run into the same text.
 */
export function canonical(state: State): string {
  const text = new Text()
  text.add(state.record, state.known, state.gate, state.writesBegun, state.readsBegun)
  text.add(state.epoch.number, primary(state.epoch.on))
  for (const name of SERVERS) {
    text.add(primary(state.primaries[name]))
    state.redis[name].forEach((hash, epoch) => {
      if (!isEmpty(hash)) addHash(text, hash, epoch)
    })
    text.add(0)
  }
  for (const process of state.processes) addProcess(text, process)
  text.add(state.adrift.length)
  for (const { under, gate } of state.adrift) text.add(under, gate)
  text.add(state.lifts.length)
  for (const { fence, mayFill, version } of state.lifts) {
    addPlace(text, fence)
    text.add(Number(mayFill), optional(version))
  }
  text.add(state.fills.length)
  for (const { lease, version } of state.fills) {
    addPlace(text, lease)
    text.add(version)
  }
  text.add(state.reapings.length)
  for (const reaping of state.reapings) addPlace(text, reaping)
  return text.finish()
}

const AT = {
  'write begun': 1,
  'write fenced': 2,
  'write sent': 3,
  'write sent unfenced': 4,
  'read begun': 5,
  'read fenced out': 6,
  'read leased': 7,
} as const

const PRIMARIES: Readonly<Record<Primary, number>> = { A: 1, B: 2, A2: 3 }

function addHash(text: Text, { document, fences, alone, lease }: CartHash, epoch: number): void {
  text.add(epoch + 1, optional(document), fences.length)
  for (const fence of fences) text.addToken(fence)
  text.addToken(alone)
  text.addToken(lease)
}

function addProcess(text: Text, { connection, view, operation }: Process): void {
  text.add(primary(connection))
  if (view === null) text.add(0)
  else text.add(view.number + 1, primary(view.on), Number(view.ripe))
  if (operation === null) {
    text.add(0)
    return
  }
  if (operation.kind === 'write') {
    text.add(AT[`write ${operation.at}`], optional(operation.gate))
    if (operation.at === 'begun' || operation.at === 'fenced') addEarlier(text, operation.earlier)
    else text.add(operation.under, optional(operation.landedAs))
    if ('fence' in operation) {
      addPlace(text, operation.fence)
      text.add(Number(operation.mayFill))
    }
    return
  }
  text.add(AT[`read ${operation.at}`], operation.known)
  if ('lease' in operation) addPlace(text, operation.lease)
}

function addEarlier(text: Text, earlier: Earlier | null): void {
  if (earlier === null) text.add(0)
  else if (earlier.at === 'lost') text.add(1)
  else if (earlier.at === 'adrift') text.add(2, earlier.under)
  else text.add(3, earlier.version)
}

function addPlace(text: Text, place: Place): void {
  text.add(primary(place.primary), place.epoch)
  text.addToken(place.token)
}

function primary(name: Primary | null): number {
  return name === null ? 0 : PRIMARIES[name]
}

function optional(value: number | null): number {
  return value === null ? 0 : value + 1
}

function isEmpty({ document, lease, fences }: CartHash): boolean {
  return document === null && lease === null && fences.length === 0
}

/** One byte for each number: none in this model comes near 256. */
class Text {
  // One for all texts: `finish` copies what is in it.
  static readonly #bytes = Buffer.alloc(1024)
  #length = 0
  readonly #tokens: Token[] = []

  add(...numbers: readonly number[]): void {
    for (const number of numbers) Text.#bytes[this.#length++] = number
  }

  addToken(token: Token | null): void {
    if (token === null) {
      this.add(0)
      return
    }
    const known = this.#tokens.indexOf(token)
    this.add(known === -1 ? this.#tokens.push(token) : known + 1)
  }

  finish(): string {
    return Text.#bytes.toString('latin1', 0, this.#length)
  }
}
