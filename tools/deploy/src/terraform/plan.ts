import type { StateResource } from '../backend/state.ts'

/** Of `terraform show -json`, what is read here (JSON Output Format 1.2). */
export interface PlanJson {
  readonly resource_changes?: readonly ResourceChange[]
  readonly output_changes?: Readonly<Record<string, { readonly actions: readonly Action[] }>>
  readonly prior_state?: {
    readonly values?: {
      readonly root_module: {
        readonly resources?: readonly (StateResource & { readonly mode: 'managed' | 'data' })[]
      }
    }
  }
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

/** What there was before the plan, as AWS has it: Terraform has just looked. */
export function resourcesBefore({ prior_state }: PlanJson): readonly StateResource[] {
  return (prior_state?.values?.root_module.resources ?? []).filter(({ mode }) => mode === 'managed')
}
