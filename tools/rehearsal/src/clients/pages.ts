/** All items of an answer that comes in pages. */
export async function pages<Item>(
  ask: (marker: { Marker?: string }) => Promise<{
    items: readonly Item[] | undefined
    next: string | undefined
  }>,
): Promise<Item[]> {
  const all: Item[] = []
  let next: string | undefined
  do {
    const page = await ask(next === undefined ? {} : { Marker: next })
    all.push(...(page.items ?? []))
    next = page.next || undefined
  } while (next !== undefined)
  return all
}
