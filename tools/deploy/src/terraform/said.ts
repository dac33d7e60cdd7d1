/**
 * What Terraform says with `-json`, line by line (Machine-Readable UI, version 1.2): the kinds that are read here. Other
 * kinds come as well, and lines of plain text where it did not get that far.
 */
export interface Said {
  readonly type?: string
  readonly diagnostic?: Diagnostic
  readonly hook?: Hook
  readonly changes?: Summary
}

/** Something that Terraform has to say about the configuration or about what AWS answered. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly summary: string
  readonly detail?: string
  /** The resource that it is about. */
  readonly address?: string
  /** Where in the configuration it is: of a condition that failed, this alone tells the resource. */
  readonly snippet?: { readonly context?: string | null }
  readonly range?: { readonly filename: string; readonly start: { readonly line: number } }
}

/** A step of an apply. */
export interface Hook {
  readonly resource: { readonly addr: string }
  readonly action: string
  readonly elapsed_seconds?: number
}

export interface Summary {
  readonly add: number
  readonly change: number
  readonly remove: number
  readonly import?: number
}

/** @returns undefined for a line that is none of Terraform's own */
export function readSaid(line: string): Said | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Said
  } catch {
    // A killed Terraform may leave half a line.
    return undefined
  }
}

export function errorsIn(text: string): readonly Diagnostic[] {
  return text
    .split('\n')
    .flatMap((line) => readSaid(line)?.diagnostic ?? [])
    .filter(({ severity }) => severity === 'error')
}

/** The address of the resource that a diagnostic is about, as far as it says. */
export function resourceOf({ address, snippet }: Diagnostic): string | undefined {
  return address ?? /^resource\.([^.]+\.[^.]+)/.exec(snippet?.context ?? '')?.[1]
}

/** `3 to import, 1 to add, 0 to change, 0 to destroy`, as Terraform writes it for people. */
export function shownSummary(text: string): string {
  const summaries = text.split('\n').flatMap((line) => readSaid(line)?.changes ?? [])
  const { add, change, remove, import: imports = 0 } = summaries.at(-1) ?? { add: 0, change: 0, remove: 0 }
  if (add + change + remove + imports === 0) return 'outputs change'
  return [
    ...(imports > 0 ? [`${imports} to import`] : []),
    `${add} to add`,
    `${change} to change`,
    `${remove} to destroy`,
  ].join(', ')
}

/** One finding for people: the same resource and reason once. */
export function shownErrors(errors: readonly Diagnostic[]): string {
  const shown = errors.map(({ address, summary, detail }) => {
    const where = address === undefined ? '' : `${address}: `
    return `${where}${summary}${detail ? `\n  ${detail.trim().replaceAll('\n', '\n  ')}` : ''}`
  })
  return [...new Set(shown)].join('\n')
}
