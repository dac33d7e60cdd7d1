import type { Resource, StackJson } from '@cartwright/infra/stack-json'
import { CHIP_HEIGHT, heightOf, type Picture, type Point, WIDTH } from './drawing/svg.ts'
import { shortName, textAt } from './reading/names.ts'
import { EXITS, type Exit, type Subnet, subnetsIn } from './reading/subnets.ts'

const MARGIN = 16
/** Between the columns of zones, where arrows run that have boxes in their way. */
const GUTTER = 26
const PADDING = 12
const ROW_GAP = 34
const CHIP = CHIP_HEIGHT + 6
const INTERNET = { top: 44, bottom: 80 }

/** Where something is: the point that arrows leave or reach, and its row. */
interface Place extends Point {
  readonly row: number
}

/** Draws the VPC: a column for each zone, and in it the subnets in rows, by where their routes lead. @returns where it ends */
export function drawVpc(picture: Picture, stack: StackJson): number {
  const vpc = new Vpc(picture, stack)
  vpc.frames()
  vpc.subnets()
  vpc.routes()
  return vpc.bottom
}

class Vpc {
  readonly bottom: number
  readonly #picture: Picture
  readonly #stack: StackJson
  readonly #subnets: readonly Subnet[]
  readonly #zones: readonly string[]
  readonly #rows: readonly (readonly Subnet[])[]
  readonly #internet: readonly Resource[]
  readonly #column: number
  readonly #zoneTop: number
  /** Where each row begins and ends. */
  readonly #tops: readonly number[]
  readonly #bottoms: readonly number[]
  /** The top left corners of subnets, and the middle of the lower side of NAT gateways. */
  readonly #places = new Map<Resource, Place>()

  constructor(picture: Picture, stack: StackJson) {
    this.#picture = picture
    this.#stack = stack
    this.#subnets = subnetsIn(stack)
    this.#zones = [...new Set(this.#subnets.map(({ zone }) => zone))].toSorted()
    this.#rows = EXITS.flatMap((exit) => rowsOf(this.#subnets, this.#zones, exit))
    this.#internet = stack.all('aws_internet_gateway')
    const gutters = 2 * GUTTER + (this.#zones.length - 1) * GUTTER
    this.#column = (WIDTH - 2 * MARGIN - gutters) / this.#zones.length
    this.#zoneTop = this.#internet.length === 0 ? INTERNET.top : INTERNET.bottom + 30
    const heights = this.#rows.map((row) => Math.max(...row.map((one) => heightWith(one, this.#width))))
    this.#tops = heights.map((_, row) => this.#zoneTop + 40 + sum(heights.slice(0, row)) + row * ROW_GAP)
    this.#bottoms = heights.map((height, row) => (this.#tops[row] ?? 0) + height)
    this.bottom = (this.#bottoms.at(-1) ?? this.#zoneTop) + 28
  }

  /** How wide a subnet is. */
  get #width(): number {
    return this.#column - 2 * PADDING
  }

  frames(): void {
    const [vpc] = this.#stack.all('aws_vpc')
    const area = { x: MARGIN, y: 8, width: WIDTH - 2 * MARGIN }
    this.#picture.frame(area, this.bottom - area.y, 'VPC', vpc && textAt(vpc, 'cidr_block'))
    if (this.#internet.length > 0) {
      const bar = { x: MARGIN + GUTTER, y: INTERNET.top, width: WIDTH - 2 * MARGIN - 2 * GUTTER }
      this.#picture.box(bar, { title: 'Internet gateway', lines: [] }, INTERNET.bottom - INTERNET.top)
    }
    for (const zone of this.#zones) {
      const column = { x: this.#left(zone), y: this.#zoneTop, width: this.#column }
      this.#picture.frame(column, this.bottom - 14 - this.#zoneTop, 'Zone', zone)
    }
  }

  subnets(): void {
    this.#rows.forEach((subnets, row) => {
      for (const subnet of subnets) this.#subnet(subnet, row)
    })
  }

  #subnet(subnet: Subnet, row: number): void {
    const [x, y, bottom] = [this.#left(subnet.zone) + PADDING, this.#tops[row] ?? 0, this.#bottoms[row] ?? 0]
    this.#places.set(subnet.resource, { x, y, row })
    this.#picture.box({ x, y, width: this.#width }, subnet, bottom - y)
    // NAT gateways last: arrows reach them from below.
    const nats = subnet.nats.map((nat) => ({ name: shortName(this.#stack, nat), nat }))
    const inside = [...subnet.occupants.map((name) => ({ name, nat: undefined })), ...nats]
    inside.forEach(({ name, nat }, index) => {
      const top = bottom - 8 - (inside.length - index) * CHIP
      this.#picture.chip({ x: x + PADDING, y: top, width: this.#width - 2 * PADDING }, name)
      if (nat !== undefined) this.#places.set(nat, { x: x + this.#width / 2, y: top + CHIP_HEIGHT, row })
    })
  }

  routes(): void {
    for (const { resource, gateways } of this.#subnets) {
      const from = this.#places.get(resource)
      if (from === undefined) continue
      for (const gateway of gateways) {
        const nat = this.#places.get(gateway)
        if (this.#internet.includes(gateway)) this.#toInternet(from)
        else if (nat !== undefined) this.#toNat(from, nat)
      }
    }
  }

  #toInternet(from: Place): void {
    // Right of the zone's name.
    const straight = { x: from.x + this.#width - 24, y: from.y }
    const path = from.row === 0 ? [straight] : this.#aside(from)
    this.#picture.arrow([...path, { x: path.at(-1)?.x ?? 0, y: INTERNET.bottom + 1 }])
  }

  #toNat(from: Place, nat: Place): void {
    const path = from.row === nat.row + 1 ? [{ x: from.x + this.#width / 2, y: from.y }] : this.#aside(from)
    // Each gateway has a height of its own, so that arrows to several do not lie upon each other.
    const lane = this.#subnets.flatMap(({ nats }) => nats).findIndex((one) => this.#places.get(one) === nat)
    const bend = (this.#bottoms[nat.row] ?? 0) + 10 + (lane % 4) * 5
    const last = path.at(-1)
    this.#picture.arrow([
      ...path,
      { x: last?.x ?? 0, y: bend },
      { x: nat.x, y: bend },
      { x: nat.x, y: nat.y + 1 },
    ])
  }

  /** Out of a subnet to its left, where nothing is in the way up. */
  #aside({ x, y }: Place): readonly Point[] {
    return [
      { x, y: y + 20 },
      { x: x - PADDING - GUTTER / 2, y: y + 20 },
    ]
  }

  #left(zone: string): number {
    return MARGIN + GUTTER + this.#zones.indexOf(zone) * (this.#column + GUTTER)
  }
}

/** The subnets of one kind in rows of at most one of each zone. */
function rowsOf(subnets: readonly Subnet[], zones: readonly string[], exit: Exit): Subnet[][] {
  const stacks = zones.map((zone) => subnets.filter((one) => one.exit === exit && one.zone === zone))
  const count = Math.max(0, ...stacks.map(({ length }) => length))
  return Array.from({ length: count }, (_, index) => stacks.flatMap((one) => one.slice(index, index + 1)))
}

function heightWith(subnet: Subnet, width: number): number {
  const chips = subnet.occupants.length + subnet.nats.length
  return heightOf(subnet, width) + (chips === 0 ? 0 : chips * (CHIP_HEIGHT + 6) + 4)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
