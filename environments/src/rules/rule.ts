import type { Environment, FieldName } from '../fields.ts'

/** What must hold between fields. */
export interface Rule {
  /** The fields that it reads: the first is the one that is named; a rule is not asked when one of them is bad by itself. */
  readonly fields: readonly [FieldName, ...FieldName[]]
  readonly holds: (environment: Environment) => boolean
  /** What to write instead, with the other fields' values where they decide. */
  readonly wanted: (environment: Environment) => string
}
