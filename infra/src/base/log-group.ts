import { CloudwatchLogGroup } from '#aws/cloudwatch-log-group'
import { Construct } from '#terraform'
import type { Key } from './key.ts'
import type { Role } from './role.ts'

export interface LogGroupProps {
  readonly name: string
  readonly logRetentionDays: number
  readonly key: Key
}

/**
 * A log group that is declared before whoever writes to it, so that AWS does not make one that is kept for ever and
 * outlives the environment.
 *
 * Cost: $0.57 for each GB written, $0.03 a month for each that is kept.
 */
export class LogGroup extends Construct {
  readonly name: string
  readonly arn: string
  readonly resource: CloudwatchLogGroup

  constructor(scope: Construct, id: string, { name, logRetentionDays, key }: LogGroupProps) {
    super(scope, id)
    this.resource = new CloudwatchLogGroup(this, 'group', {
      name,
      retentionInDays: logRetentionDays,
      kmsKeyId: key.arn,
    })
    this.name = this.resource.name
    this.arn = this.resource.arn
  }

  grantWrite(role: Role, sid: string): void {
    role.allow({ sid, actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${this.arn}:*`] })
  }
}
