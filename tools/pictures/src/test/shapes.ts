import { type Style, widthOf } from '../drawing/text.ts'

export interface Rect {
  readonly kind: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface Text extends Rect {
  readonly text: string
}

export interface Arrow {
  readonly points: readonly (readonly [number, number])[]
}

/** What a picture consists of. */
export interface Shapes {
  readonly width: number
  readonly height: number
  readonly rects: readonly Rect[]
  readonly texts: readonly Text[]
  readonly arrows: readonly Arrow[]
}

/** Reads back what was drawn; a text is as wide as `widthOf` says. */
export function shapesOf(svg: string): Shapes {
  const [, width, height] = /viewBox="0 0 (\S+) (\S+)"/.exec(svg) ?? []
  const rects = [
    ...svg.matchAll(/<rect class="(\w+)" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"/g),
  ].map(([, kind = '', x, y, w, h]) => ({
    kind,
    left: Number(x),
    top: Number(y),
    right: Number(x) + Number(w),
    bottom: Number(y) + Number(h),
  }))
  const texts = [
    ...svg.matchAll(/<text class="(\w+)" x="(\S+)" y="(\S+)"(?: text-anchor="(\w+)")?>(.*?)<\/text>/g),
  ].map(([, kind = '', x, y, anchor, text = '']) => {
    const shown = text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
    const wide = widthOf(shown, kind as Style)
    const left = Number(x) - (anchor === 'end' ? wide : anchor === 'middle' ? wide / 2 : 0)
    return { kind, text: shown, left, top: Number(y) - 11, right: left + wide, bottom: Number(y) + 3 }
  })
  const arrows = [...svg.matchAll(/<path class="line[^"]*" d="M([^"]+)"/g)].map(([, path = '']) => ({
    points: path.split('L').map((point) => {
      const [x, y] = point.split(' ').map(Number)
      return [x ?? 0, y ?? 0] as const
    }),
  }))
  return { width: Number(width), height: Number(height), rects, texts, arrows }
}

/** What would be hard to read, a line each: nothing where the picture is fine. */
export function faults({ width, height, rects, texts, arrows }: Shapes): readonly string[] {
  const page = { kind: 'page', left: 0, top: 0, right: width, bottom: height }
  const outside = [...rects, ...texts]
    .filter((one) => !isWithin(one, page))
    .map((one) => `${told(one)} leaves the picture`)
  const crossing = rects.flatMap((one, index) =>
    rects
      .slice(index + 1)
      .filter((other) => meet(one, other) && !isWithin(one, other) && !isWithin(other, one))
      .map((other) => `${told(one)} lies across ${told(other)}`),
  )
  const spilling = texts.flatMap((text) =>
    rects
      .filter((rect) => meet(text, rect) && !isWithin(text, rect))
      .map((rect) => `${told(text)} leaves ${told(rect)}`),
  )
  const upon = texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter((other) => meet(one, other))
      .map((other) => `${told(one)} lies upon ${told(other)}`),
  )
  const through = arrows.flatMap(({ points }) => {
    const ends = [points[0], points.at(-1)].filter((point) => point !== undefined)
    return partsOf(points).flatMap((part) => [
      ...texts.filter((text) => meet(part, text)).map((text) => `an arrow runs through ${told(text)}`),
      ...rects
        .filter(({ kind }) => kind !== 'frame')
        .filter((rect) => meet(part, shrunk(rect)) && !ends.some(([x, y]) => isIn(x, y, rect)))
        .map((rect) => `an arrow runs through ${told(rect)}`),
    ])
  })
  return [...outside, ...crossing, ...spilling, ...upon, ...through]
}

function partsOf(points: Arrow['points']): readonly Rect[] {
  return points.slice(1).map(([x, y], index) => {
    const [fromX, fromY] = points[index] ?? [x, y]
    return {
      kind: 'part',
      left: Math.min(x, fromX),
      top: Math.min(y, fromY),
      right: Math.max(x, fromX),
      bottom: Math.max(y, fromY),
    }
  })
}

/** Parts of arrows have no width, and meet what they touch. */
function meet(one: Rect, other: Rect): boolean {
  const [wide, high] = [
    Math.min(one.right, other.right) - Math.max(one.left, other.left),
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top),
  ]
  return one.kind === 'part' ? wide >= 0 && high >= 0 : wide > 0 && high > 0
}

function isWithin(one: Rect, other: Rect): boolean {
  return (
    one.left >= other.left && one.right <= other.right && one.top >= other.top && one.bottom <= other.bottom
  )
}

/** Without its border: an arrow ends there. */
function shrunk({ kind, left, top, right, bottom }: Rect): Rect {
  return { kind, left: left + 2, top: top + 2, right: right - 2, bottom: bottom - 2 }
}

function isIn(x: number, y: number, { left, top, right, bottom }: Rect): boolean {
  return x > left - 2 && x < right + 2 && y > top - 2 && y < bottom + 2
}

function told({ kind, left, top, ...others }: Rect & { readonly text?: string }): string {
  return others.text === undefined ? `the ${kind} at ${left} ${top}` : `"${others.text}"`
}
