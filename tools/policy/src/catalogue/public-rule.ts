interface Named {
  /** As its authors call it: `ECS.5`, `CKV_AWS_336`. */
  readonly id: string
  /** In its authors' words. */
  readonly title: string
  /** Whether it is a control of Security Hub that AWS Foundational Security Best Practices does not have. */
  readonly elsewhere?: true
}

/** A rule that others made public, and what becomes of it here: exactly one of three things. */
export type PublicRule = Named &
  (
    | {
        /** Our rules that together want the same, or more. */
        readonly checkedBy: readonly string[]
        /** Where ours wants something else on purpose. */
        readonly note?: string
      }
    /** It is about something that we have, but that a configuration does not show; why. */
    | { readonly cannot: string }
    /** It is about something that we do not have; what. */
    | { readonly doesNotApply: string }
  )

/** Rules that cannot be checked for the same reason. */
export function cannot(why: string, rules: readonly Named[]): readonly PublicRule[] {
  return rules.map((rule) => ({ ...rule, cannot: why }))
}

/** Rules that do not apply for the same reason. */
export function doesNotApply(why: string, rules: readonly Named[]): readonly PublicRule[] {
  return rules.map((rule) => ({ ...rule, doesNotApply: why }))
}
