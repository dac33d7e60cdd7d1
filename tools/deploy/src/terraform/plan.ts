/** Of `terraform show -json`, what is read here (JSON Output Format 1.2). */
export interface PlanJson {
  readonly resource_changes?: readonly ResourceChange[]
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly Action[] }>>
  readonly prior_state?: StateJson
}

export interface StateJson {
  readonly values?: {
    readonly outputs?: Readonly<Record<string, Output>>
    readonly root_module: { readonly resources?: readonly StateResource[] }
  }
}

export interface Output {
  readonly sensitive: boolean
  readonly value: unknown
}

export interface StateResource {
  readonly address: string
  readonly mode: 'managed' | 'data'
  readonly type: string
  readonly values: Values
}

export type Values = Readonly<Record<string, unknown>>

export type Action = 'no-op' | 'create' | 'read' | 'update' | 'delete' | 'forget'

export interface ResourceChange {
  readonly address: string
  readonly mode: 'managed' | 'data'
  readonly type: string
  /** Why it is replaced or deleted, such as `replace_because_tainted`. */
  readonly action_reason?: string
  readonly change: {
    /** Two of them replace it, in their order. */
    readonly actions: readonly Action[]
    readonly before: Values | null
    readonly after: Values | null
    /** True at what only the apply will tell. */
    readonly after_unknown: unknown
    /** The attributes for which it is replaced. */
    readonly replace_paths?: readonly (readonly (string | number)[])[]
    /** Taken over from AWS by its id. */
    readonly importing?: { readonly id: string }
    readonly before_sensitive?: unknown
    readonly after_sensitive?: unknown
  }
}

/** The resources of a state that AWS has something of. */
export function managed({ values }: StateJson): readonly StateResource[] {
  return (values?.root_module.resources ?? []).filter(({ mode }) => mode === 'managed')
}
