import type { Environment } from '@cartwright/environments'
import { SnsTopic } from '#aws/sns-topic'
import { SnsTopicPolicy } from '#aws/sns-topic-policy'
import { SnsTopicSubscription } from '#aws/sns-topic-subscription'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Place } from '../base/place.ts'
import { policyJson } from '../base/policy.ts'

export interface TopicProps extends Pick<Environment, 'alarmEmails'> {
  readonly name: string
  readonly place: Place
  readonly key: Key
}

/**
 * Where alarms go, and from there by e-mail. AWS asks each address whether it wants them.
 *
 * Cost: $2 for 100,000 e-mails.
 */
export class Topic extends Construct {
  readonly arn: string

  constructor(scope: Construct, id: string, { name, place, key, alarmEmails = [] }: TopicProps) {
    super(scope, id)
    key.allowService('Alarms', 'cloudwatch.amazonaws.com')
    const topic = new SnsTopic(this, 'topic', { name, kmsMasterKeyId: key.arn })
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: policyJson([
        {
          sid: 'Alarms',
          actions: ['sns:Publish'],
          resources: [topic.arn],
          principals: { Service: 'cloudwatch.amazonaws.com' },
          conditions: {
            StringEquals: { 'aws:SourceAccount': place.account },
            ArnLike: { 'aws:SourceArn': place.arn('cloudwatch', 'alarm:*') },
          },
        },
      ]),
    })
    for (const endpoint of alarmEmails) {
      new SnsTopicSubscription(this, `to-${endpoint.replaceAll(/[^A-Za-z0-9]/g, '-')}`, {
        topicArn: topic.arn,
        protocol: 'email',
        endpoint,
      })
    }
    this.arn = topic.arn
  }
}
