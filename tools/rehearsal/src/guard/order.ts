/** A line to the guard: keep this in mind for the end, or forget it. It answers with the id. */
export type Order = {
  readonly id: number
  readonly watch: boolean
} & (
  | { readonly kind: 'group'; readonly what: number }
  | { readonly kind: 'folder' | 'controlGroup' | 'stacks'; readonly what: string }
)
