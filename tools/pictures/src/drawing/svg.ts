import { isCode, type Line, type Style, textOf, widthOf, wrapped } from './text.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Area extends Point {
  readonly width: number
}

/** What a box says: a title, and lines below it. */
export interface Content {
  readonly title: string
  readonly lines: readonly Line[]
  /** Whether it is what the picture is about. */
  readonly isMain?: boolean
}

/** Wide enough for three zones, and no wider than what GitHub shows without making it smaller. */
export const WIDTH = 980
export const LINE_HEIGHT = 17
const PADDING = 12

/**
 * The grey of text, in the middle between white and the dark background of GitHub: 4.3:1 on either. No single colour reaches
 * the 4.5:1 of WCAG 1.4.3 on both, and two would have to follow a scheme: `prefers-color-scheme` in a picture follows the
 * browser, not the page's own theme. For the same text the blue of boxes is as thin as it is.
 */
const TEXT = '#6a7a91'

/** Lines are read at 3:1 (WCAG 1.4.11). Blue is for what matters. As in overview.svg. */
const STYLE = `
    .box { fill: none; stroke: #64748b; stroke-width: 1.5 }
    .one { fill: #2563eb; fill-opacity: .06; stroke: #2563eb; stroke-width: 2 }
    .frame { fill: none; stroke: #64748b; stroke-width: 1.5; stroke-dasharray: 2 5; stroke-linecap: round }
    .line { stroke: #64748b; stroke-width: 1.5; fill: none } .headed { marker-end: url(#arrow) }
    .dashed { stroke-dasharray: 6 4 }
    text { fill: ${TEXT}; white-space: pre } .strong { font-weight: 600 } .small { font-size: 12px }
    .mono { font-family: ui-monospace, monospace; font-size: 12px }
  `

/** A picture in the making: what is drawn stands in it in the order in which it was drawn. */
export class Picture {
  readonly #parts: string[] = []

  /** A frame around others, with its title inside at the top left. */
  frame({ x, y, width }: Area, height: number, title: string, note?: string): void {
    this.#rect('frame', { x, y, width }, height)
    this.#text('strong', { x: x + PADDING, y: y + 22 }, title)
    if (note !== undefined)
      this.#text('mono', { x: x + PADDING + widthOf(title, 'strong') + 12, y: y + 22 }, note)
  }

  /** A box, as high as what it says unless a height is given. @returns its height */
  box(area: Area, content: Content, height = heightOf(content, area.width)): number {
    this.#rect(content.isMain === true ? 'one' : 'box', area, height)
    const x = area.x + PADDING
    let y = area.y + 5
    for (const { style, text } of rowsOf(content, area.width)) {
      y += LINE_HEIGHT
      this.#text(style, { x, y }, text)
    }
    return height
  }

  /** A small box of one line, in the middle. */
  chip(area: Area, text: string): void {
    this.#rect('one', area, CHIP_HEIGHT)
    this.#text('small', { x: area.x + area.width / 2, y: area.y + 18 }, text, 'middle')
  }

  arrow(points: readonly Point[], { isDashed = false, hasHead = true } = {}): void {
    const [start, ...others] = points
    if (start === undefined) return
    const path = `M${at(start)}${others.map((point) => `L${at(point)}`).join('')}`
    this.#parts.push(
      `<path class="line${isDashed ? ' dashed' : ''}${hasHead ? ' headed' : ''}" d="${path}"/>`,
    )
  }

  heading(point: Point, text: string): void {
    this.#text('strong', point, text)
  }

  label(point: Point, text: string, anchor: 'start' | 'end' = 'start'): void {
    this.#text('small', point, text, anchor)
  }

  /**
   * @param title what is shown
   * @param description the same in a few sentences, for who cannot see it
   */
  svg(height: number, title: string, description: string): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${round(height)}" role="img"
  aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="14">
  <title id="t">${escaped(title)}</title>
  <desc id="d">${escaped(description)}</desc>
  <style>${STYLE}</style>
  <defs>
    <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">
      <path d="M0 0 10 5 0 10z" fill="#64748b"/>
    </marker>
  </defs>
${this.#parts.map((part) => `  ${part}\n`).join('')}</svg>
`
  }

  #rect(kind: string, { x, y, width }: Area, height: number): void {
    this.#parts.push(
      `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    )
  }

  #text(style: Style, { x, y }: Point, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): void {
    const anchored = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
    this.#parts.push(
      `<text class="${style}" x="${round(x)}" y="${round(y)}"${anchored}>${escaped(text)}</text>`,
    )
  }
}

export const CHIP_HEIGHT = 26

/** How high a box must be for what it says. */
export function heightOf(content: Content, width: number): number {
  return rowsOf(content, width).length * LINE_HEIGHT + 2 * PADDING - 5
}

function rowsOf(
  { title, lines }: Content,
  width: number,
): { readonly style: Style; readonly text: string }[] {
  const room = width - 2 * PADDING
  const row = (style: Style) => (text: string) => ({ style, text })
  return [
    ...wrapped(title, room, 'strong').map(row('strong')),
    ...lines.flatMap((line) => {
      const style = isCode(line) ? 'mono' : 'small'
      return wrapped(textOf(line), room, style).map(row(style))
    }),
  ]
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
