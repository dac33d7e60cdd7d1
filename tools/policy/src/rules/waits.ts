import { type StackJson, valuesAt } from '@cartwright/infra/stack-json'
import type { Breach } from '../rule.ts'
import { shown } from '../wants.ts'

/**
 * The rights of roles that are not waited for.
 *
 * @param of what has the roles, in these attributes
 * @param waiting what should wait
 */
export function unawaited(
  of: unknown,
  attributes: readonly string[],
  waiting: unknown,
  stack: StackJson,
): readonly Breach[] {
  const waits = valuesAt(waiting, 'depends_on')
  return attributes
    .flatMap((at) => stack.referredBy(valuesAt(of, at)))
    .flatMap((role) => stack.referring(role, 'aws_iam_role_policy', 'role'))
    .filter(({ address }) => !waits.includes(address))
    .map(({ address }) => ({ at: 'depends_on', seen: shown(waits), wanted: address }))
}
