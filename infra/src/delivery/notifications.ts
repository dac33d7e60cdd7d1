import { CodestarnotificationsNotificationRule } from '#aws/codestarnotifications-notification-rule'
import { Construct } from '#terraform'
import type { Topic } from '../observability/topic.ts'
import type { Pipeline } from './pipeline.ts'

export interface NotificationsProps {
  readonly name: string
  readonly pipeline: Pipeline
  readonly topic: Topic
}

/** What somebody has to act on: a run that failed, and one that waits for an approval. */
const EVENTS = [
  'codepipeline-pipeline-manual-approval-needed',
  'codepipeline-pipeline-pipeline-execution-failed',
] as const

/**
 * Tells the topic of the alarms what of the pipeline needs somebody.
 *
 * Cost: none beside the topic's.
 */
export class Notifications extends Construct {
  constructor(scope: Construct, id: string, { name, pipeline, topic }: NotificationsProps) {
    super(scope, id)
    const allowed = topic.allowNotifications()
    new CodestarnotificationsNotificationRule(this, 'rule', {
      name,
      resource: pipeline.arn,
      detailType: 'BASIC',
      eventTypeIds: [...EVENTS],
      target: [{ type: 'SNS', address: topic.arn }],
      dependsOn: [allowed],
    })
  }
}
