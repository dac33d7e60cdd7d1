import type { Header } from '../rules/request-facts.ts'

/** Node's flat list of names and values, as pairs. */
export function fromRaw(raw: readonly string[]): Header[] {
  const headers: Header[] = []
  for (let index = 0; index + 1 < raw.length; index += 2)
    headers.push([raw[index] as string, raw[index + 1] as string]) // both exist: the list has pairs
  return headers
}

/** Pairs as the flat list that Node writes as it is, with names in the case given and repeats kept. */
export function toRaw(headers: readonly Header[]): string[] {
  return headers.flat()
}
