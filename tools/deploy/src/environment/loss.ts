import type { PlanJson, ResourceChange } from '../terraform/plan.ts'
import { changesIn, isLost } from './changes.ts'

/** Types of resources that hold something that cannot be made again. */
const HOLDS_DATA: ReadonlySet<string> = new Set([
  'aws_cloudwatch_event_archive',
  'aws_cloudwatch_log_group',
  // Nobody but a person can authorise another one.
  'aws_codestarconnections_connection',
  'aws_dynamodb_table',
  'aws_ecr_repository',
  'aws_elasticache_replication_group',
  'aws_kms_key',
  'aws_s3_bucket',
  'aws_secretsmanager_secret',
  'aws_sqs_queue',
  'aws_ssm_parameter',
])

/**
 * The addresses of what holds data and goes with a plan, whatever comes in its place; but for what an interrupted deploy
 * only began to make.
 */
export function lostIn(plan: PlanJson): readonly string[] {
  return changesIn(plan)
    .filter((change) => HOLDS_DATA.has(change.type) && isLost(change) && !isHalfMade(change))
    .map(({ address }) => address)
}

function isHalfMade({ action_reason }: ResourceChange): boolean {
  return action_reason === 'replace_because_tainted'
}
