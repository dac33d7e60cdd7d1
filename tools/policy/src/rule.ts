import type { Resource, StackJson } from '@cartwright/infra/stack-json'

export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** One thing that is not as a rule wants it. */
export interface Breach {
  /** The attribute, as Terraform's documentation writes it, or what is missing beside the resource. */
  readonly at: string
  /** The value seen, as JSON where it is one. */
  readonly seen: string
  readonly wanted: string
}

/** What has to hold of every resource of some types. */
export interface Rule {
  /** Its name for good: exceptions and reports name it. */
  readonly id: string
  /** What it wants, in one line. */
  readonly wants: string
  readonly severity: Severity
  /** The types of resources that it looks at. */
  readonly types: readonly string[]
  /** Whatever is wrong with a resource; `stack` for what it refers to, and what refers to it. */
  readonly judge: (resource: Resource, stack: StackJson) => readonly Breach[]
}

/** A breach, with the rule and the resource. */
export interface Finding extends Breach {
  readonly rule: Rule
  readonly resource: Resource
}
