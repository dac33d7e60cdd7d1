import { type Area, type Content, heightOf, LINE_HEIGHT, type Picture, WIDTH } from './svg.ts'
import { widthOf, wrapped } from './text.ts'

export interface Node extends Content {
  readonly id: string
}

export interface Edge {
  readonly from: string
  readonly to: string
  readonly label?: string
  readonly isDashed?: boolean
}

/** Something that has a place in a row: a node, or an edge that passes by. */
interface Item {
  readonly node: Node | undefined
  width: number
  center: number
}

/** The part of an edge between one row and the next. */
interface Link {
  readonly edge: Edge
  readonly above: Item
  readonly below: Item
  /** Whether the arrow points up: the edge closes a circle. */
  readonly isUp: boolean
  /** Where it leaves the item above, and where it meets the one below. */
  start: number
  end: number
  lane: number
}

const GAP = 26
const PASSAGE = 16
const WIDEST = 270
const LANE = 12

/**
 * Draws boxes in rows, each below those that lead to it, and arrows that bend at right angles: a layered drawing after
 * Sugiyama, in which an arrow past a row has a place in that row, so that it meets no box.
 *
 * @returns where it ends below
 */
export function drawGraph(
  picture: Picture,
  nodes: readonly Node[],
  edges: readonly Edge[],
  area: Area,
): number {
  const { rows, links } = layered(nodes, edges)
  arrange(rows, links, area.width)
  for (const item of rows.flat()) item.center += area.x
  connect(rows, links)

  let y = area.y
  rows.forEach((row, index) => {
    const height = Math.max(...row.map(({ node, width }) => (node === undefined ? 0 : heightOf(node, width))))
    for (const { node, center, width } of row) {
      if (node !== undefined) picture.box({ x: center - width / 2, y, width }, node)
    }
    const top = y
    y += height
    if (index === rows.length - 1) return
    const below = links.filter(({ above }) => row.includes(above))
    const gap = gapOf(below, area)
    for (const link of below) {
      const { node, width } = link.above
      drawLink(picture, link, { from: node === undefined ? top : top + heightOf(node, width), top: y, gap })
    }
    y += gap.height
  })
  return y
}

function layered(nodes: readonly Node[], edges: readonly Edge[]): { rows: Item[][]; links: Link[] } {
  const forward = withoutCircles(nodes, edges)
  const levels = levelsOf(nodes, forward)
  const rows: Item[][] = Array.from({ length: Math.max(0, ...levels.values()) + 1 }, () => [])
  const items = new Map<string, Item>()
  for (const node of nodes) {
    const item: Item = { node, width: 0, center: 0 }
    items.set(node.id, item)
    rows[levels.get(node.id) ?? 0]?.push(item)
  }
  const links: Link[] = []
  for (const { edge, from, to, isUp } of forward) {
    const [start, end] = [items.get(from), items.get(to)]
    if (start === undefined || end === undefined) continue
    let above = start
    for (let level = (levels.get(from) ?? 0) + 1; level <= (levels.get(to) ?? 0); level++) {
      const isEnd = level === levels.get(to)
      const below: Item = isEnd ? end : { node: undefined, width: PASSAGE, center: 0 }
      if (!isEnd) rows[level]?.push(below)
      links.push({ edge, above, below, isUp, start: 0, end: 0, lane: 0 })
      above = below
    }
  }
  return { rows, links }
}

interface Directed {
  readonly edge: Edge
  readonly from: string
  readonly to: string
  readonly isUp: boolean
}

/** The edges, those turned round that close a circle; none from a node to itself. */
function withoutCircles(nodes: readonly Node[], edges: readonly Edge[]): readonly Directed[] {
  const state = new Map<string, 'open' | 'done'>()
  const closing = new Set<Edge>()
  const visit = (id: string): void => {
    state.set(id, 'open')
    for (const edge of edges.filter(({ from }) => from === id)) {
      if (state.get(edge.to) === 'open') closing.add(edge)
      else if (!state.has(edge.to)) visit(edge.to)
    }
    state.set(id, 'done')
  }
  for (const { id } of nodes) if (!state.has(id)) visit(id)
  return edges
    .filter(({ from, to }) => from !== to)
    .map((edge) =>
      closing.has(edge)
        ? { edge, from: edge.to, to: edge.from, isUp: true }
        : { edge, from: edge.from, to: edge.to, isUp: false },
    )
}

/** In which row each node is: below all that lead to it; what nothing leads to, right above what it leads to. */
function levelsOf(nodes: readonly Node[], edges: readonly Directed[]): ReadonlyMap<string, number> {
  const levels = new Map(nodes.map(({ id }) => [id, 0]))
  const levelOf = (id: string): number => levels.get(id) ?? 0
  for (let isSettled = false; !isSettled; ) {
    isSettled = true
    for (const { from, to } of edges) {
      if (levelOf(to) > levelOf(from)) continue
      levels.set(to, levelOf(from) + 1)
      isSettled = false
    }
  }
  for (const { id } of nodes) {
    const following = edges.filter(({ from }) => from === id).map(({ to }) => levelOf(to))
    if (following.length > 0 && !edges.some(({ to }) => to === id)) levels.set(id, Math.min(...following) - 1)
  }
  return levels
}

/** Gives every row its order, so that arrows cross seldom, and every item its place. */
function arrange(rows: Item[][], links: readonly Link[], width: number): void {
  const aboveOf = (item: Item): readonly Item[] =>
    links.filter(({ below }) => below === item).map(({ above }) => above)
  const belowOf = (item: Item): readonly Item[] =>
    links.filter(({ above }) => above === item).map(({ below }) => below)
  for (const row of rows) {
    const boxes = row.filter(({ node }) => node !== undefined).length
    const room = width - (row.length - 1) * GAP - (row.length - boxes) * PASSAGE
    for (const item of row) if (item.node !== undefined) item.width = Math.min(WIDEST, room / boxes)
    place(
      row,
      row.map((_, index) => ((index + 0.5) / row.length) * width),
      width,
    )
  }
  for (let sweep = 0; sweep < 8; sweep++) {
    const isDown = sweep % 2 === 0
    const neighbours = isDown ? aboveOf : belowOf
    for (const row of isDown ? rows : rows.toReversed()) {
      const wanted = new Map(row.map((item) => [item, mean(neighbours(item)) ?? item.center]))
      const wish = (item: Item): number => wanted.get(item) ?? 0
      if (sweep < 4) row.sort((one, other) => wish(one) - wish(other))
      place(row, row.map(wish), width)
    }
  }
}

/** Places a row's items as near as can be to where they are wanted, in their order, without touching. */
function place(row: readonly Item[], wanted: readonly number[], width: number): void {
  const centers = spread(
    wanted,
    row.map((item) => item.width),
    { from: 0, to: width, gap: GAP },
  )
  row.forEach((item, index) => {
    item.center = centers[index] ?? item.center
  })
}

/** The middle of two placings: each pushed only to the right, and each pushed only to the left. */
function spread(
  wanted: readonly number[],
  widths: readonly number[],
  { from, to, gap }: { readonly from: number; readonly to: number; readonly gap: number },
): readonly number[] {
  const distance = (index: number): number => ((widths[index - 1] ?? 0) + (widths[index] ?? 0)) / 2 + gap
  const rightwards = (centers: readonly number[]): number[] => {
    const placed: number[] = []
    for (const [index, center] of centers.entries()) {
      const before = placed[index - 1]
      const least = before === undefined ? from + (widths[index] ?? 0) / 2 : before + distance(index)
      placed.push(Math.max(center, least))
    }
    return placed
  }
  const leftwards = (centers: readonly number[]): number[] => {
    const placed = [...centers]
    for (let index = centers.length - 1; index >= 0; index--) {
      const after = placed[index + 1]
      const most = after === undefined ? to - (widths[index] ?? 0) / 2 : after - distance(index + 1)
      placed[index] = Math.min(placed[index] ?? 0, most)
    }
    return placed
  }
  const right = leftwards(rightwards(wanted))
  const left = rightwards(leftwards(wanted))
  return right.map((center, index) => (center + (left[index] ?? center)) / 2)
}

function mean(items: readonly Item[]): number | undefined {
  return items.length === 0 ? undefined : items.reduce((sum, { center }) => sum + center, 0) / items.length
}

/** Gives each link its ends: straight down where that can be, apart from the others at the same box. */
function connect(rows: readonly Item[][], links: readonly Link[]): void {
  for (const item of rows.flat()) {
    const leaving = links
      .filter(({ above }) => above === item)
      .toSorted((a, b) => a.below.center - b.below.center)
    const starts = portsAt(item, leaving, ({ below }) => below.center)
    leaving.forEach((link, index) => {
      link.start = starts[index] ?? item.center
    })
  }
  for (const item of rows.flat()) {
    const coming = links.filter(({ below }) => below === item).toSorted((a, b) => a.start - b.start)
    // Straight down where that is not far from the middle: labels stand to the right of where arrows end.
    const reach = 0.6 * (item.width / 2 - 16)
    const ends = portsAt(item, coming, ({ start }) =>
      Math.abs(start - item.center) <= reach ? start : item.center,
    )
    coming.forEach((link, index) => {
      const end = ends[index] ?? item.center
      link.end = Math.abs(end - link.start) < 4 ? link.start : end
    })
  }
}

function portsAt(item: Item, links: readonly Link[], wish: (link: Link) => number): readonly number[] {
  if (item.node === undefined) return links.map(() => item.center)
  // Few stay away from the corners: a label may need the room between two boxes.
  const half = item.width / 2 - (links.length > 3 ? 16 : 46)
  const gap = Math.min(120, (2 * half) / Math.max(1, links.length - 1))
  return spread(
    links.map((link) => Math.min(Math.max(wish(link), item.center - half), item.center + half)),
    links.map(() => 0),
    { from: item.center - half, to: item.center + half, gap },
  )
}

interface Gap {
  readonly height: number
  readonly labels: ReadonlyMap<Link, readonly string[]>
}

/** How much room the arrows between two rows take, and how their labels are broken. */
function gapOf(links: readonly Link[], area: Area): Gap {
  const lanes = giveLanes(links.filter(({ start, end }) => start !== end))
  const labels = new Map<Link, readonly string[]>()
  for (const link of links) {
    const { edge, below } = link
    if (edge.label === undefined || below.node === undefined) continue
    const next = Math.min(
      area.x + area.width,
      ...links.map(({ end }) => end).filter((end) => end > link.end + 1),
    )
    labels.set(link, wrapped(edge.label, Math.max(44, next - link.end - 14), 'small'))
  }
  const most = Math.max(0, ...[...labels.values()].map(({ length }) => length))
  return { height: 16 + lanes * LANE + (most === 0 ? 12 : most * LINE_HEIGHT + 14), labels }
}

/** Gives links that bend a lane each, in which their bends do not lie upon each other. @returns how many lanes there are */
function giveLanes(bent: readonly Link[]): number {
  const open = [...bent]
  let lane = 0
  while (open.length > 0) {
    // A link must bend above whatever comes down where it leaves.
    const isFree = (link: Link): boolean =>
      !open.some((other) => other !== link && Math.abs(other.start - link.end) < 10)
    const next = open.find(isFree) ?? open[0]
    if (next === undefined) break
    next.lane = lane++
    open.splice(open.indexOf(next), 1)
  }
  return lane
}

function drawLink(
  picture: Picture,
  link: Link,
  { from, top, gap }: { readonly from: number; readonly top: number; readonly gap: Gap },
): void {
  const bottom = top + gap.height
  const { start, end, edge } = link
  const isEnd = link.below.node !== undefined
  const bend = top + 14 + link.lane * LANE
  const bends =
    start === end
      ? []
      : [
          { x: start, y: bend },
          { x: end, y: bend },
        ]
  const points = [{ x: start, y: from }, ...bends, { x: end, y: isEnd && !link.isUp ? bottom - 1 : bottom }]
  const hasHead = link.isUp ? link.above.node !== undefined : isEnd
  picture.arrow(link.isUp ? points.toReversed() : points, { isDashed: edge.isDashed === true, hasHead })
  const lines = gap.labels.get(link) ?? []
  lines.forEach((line, index) => {
    const y = bottom - 13 - (lines.length - 1 - index) * LINE_HEIGHT
    const fits = end + 7 + widthOf(line, 'small') <= WIDTH
    picture.label({ x: fits ? end + 7 : end - 7, y }, line, fits ? 'start' : 'end')
  })
}
