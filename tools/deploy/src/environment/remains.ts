import type { StateResource } from '../backend/state.ts'

/**
 * What AWS keeps of an environment after everything was deleted, a line each: the way back, and what it is paid for.
 *
 * @param resources before the end
 */
export function remainsOf(resources: readonly StateResource[]): readonly string[] {
  return resources.flatMap(({ type, values }) => {
    const text = (name: string): string => String(values[name])
    const days = (name: string): number => Number(values[name] ?? 0)
    if (type === 'aws_kms_key') {
      return [`the key ${text('key_id')}, for ${days('deletion_window_in_days')} days`]
    }
    if (type === 'aws_secretsmanager_secret' && days('recovery_window_in_days') > 0) {
      return [`the secret ${text('name')}, for ${days('recovery_window_in_days')} days`]
    }
    if (type === 'aws_elasticache_replication_group' && values['final_snapshot_identifier']) {
      return [`the snapshot ${text('final_snapshot_identifier')} of Redis, until you delete it`]
    }
    if (type === 'aws_dynamodb_table' && isRestorable(values['point_in_time_recovery'])) {
      return [`a system backup of the table ${text('name')}, for 35 days`]
    }
    return []
  })
}

function isRestorable(recovery: unknown): boolean {
  // The provider's shape of a block.
  const [block] = (recovery ?? []) as readonly { readonly enabled?: boolean }[]
  return block?.enabled === true
}
