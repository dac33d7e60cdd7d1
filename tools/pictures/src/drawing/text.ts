/** A line of a box: words, or what stands so in the configuration. */
export type Line = string | { readonly code: string }

export type Style = 'strong' | 'small' | 'mono'

/**
 * How wide a character is at most on average, in units of the picture: system fonts differ, and a text that is measured too
 * narrow leaves its box.
 */
const CHARACTER: Readonly<Record<Style, number>> = { strong: 9.2, small: 7, mono: 7.4 }

export function code(text: string): Line {
  return { code: text }
}

export function isCode(line: Line): boolean {
  return typeof line !== 'string'
}

export function textOf(line: Line): string {
  return typeof line === 'string' ? line : line.code
}

export function widthOf(text: string, style: Style): number {
  return text.length * CHARACTER[style]
}

/** The text in lines that are no wider than the room: broken at spaces, else behind `-`, `.` or `/`, else where it must. */
export function wrapped(text: string, room: number, style: Style): readonly string[] {
  const most = Math.max(4, Math.floor(room / CHARACTER[style]))
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length <= most) line = `${line} ${word}`
    else {
      if (line !== '') lines.push(line)
      const pieces = piecesOf(word, most)
      lines.push(...pieces.slice(0, -1))
      line = pieces.at(-1) ?? ''
    }
  }
  return [...lines, line]
}

function piecesOf(word: string, most: number): readonly string[] {
  if (word.length <= most) return [word]
  const head = word.slice(0, most)
  const mark = Math.max(head.lastIndexOf('-'), head.lastIndexOf('.'), head.lastIndexOf('/')) + 1
  const cut = mark > most / 3 ? mark : most
  return [word.slice(0, cut), ...piecesOf(word.slice(cut), most)]
}
