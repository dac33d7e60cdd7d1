import { CHECKOV } from './checkov.ts'
import { FSBP } from './fsbp.ts'
import type { PublicRule } from './public-rule.ts'

export type { PublicRule }
export { CHECKOV, FSBP }

const IDS = new Map<string, string[]>()
for (const rule of [...FSBP, ...CHECKOV])
  for (const id of 'checkedBy' in rule ? rule.checkedBy : []) IDS.set(id, [...(IDS.get(id) ?? []), rule.id])

/** What others call a rule of ours, or a part of what they want: none where it is ours alone. */
export function publicIdsOf(ruleId: string): readonly string[] {
  return IDS.get(ruleId) ?? []
}
