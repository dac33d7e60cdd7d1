import type { Environment } from '@cartwright/environments'
import { SnsTopic } from '#aws/sns-topic'
import { SnsTopicPolicy } from '#aws/sns-topic-policy'
import { SnsTopicSubscription } from '#aws/sns-topic-subscription'
import { Construct, Lazy } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Place } from '../base/place.ts'
import { denyPlainText, policyJson, type Statement } from '../base/policy.ts'

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
  readonly #props: TopicProps
  readonly #policy: SnsTopicPolicy
  readonly #statements: Statement[] = []

  constructor(scope: Construct, id: string, props: TopicProps) {
    super(scope, id)
    this.#props = props
    const { name, key, alarmEmails = [] } = props
    const topic = new SnsTopic(this, 'topic', { name, kmsMasterKeyId: key.arn })
    this.arn = topic.arn
    this.#policy = new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: Lazy.stringValue({ produce: () => policyJson(this.#statements) }),
    })
    this.#statements.push(denyPlainText('sns', [topic.arn], ['sns:Publish']))
    this.#allowAlarms()
    for (const endpoint of alarmEmails) {
      new SnsTopicSubscription(this, `to-${endpoint.replaceAll(/[^A-Za-z0-9]/g, '-')}`, {
        topicArn: topic.arn,
        protocol: 'email',
        endpoint,
      })
    }
  }

  /**
   * Lets the notifications of AWS's developer tools in. The key knows them by SNS alone, as AWS's guide has it: they say no
   * account to it, but they do to the topic.
   *
   * @returns what has to be there before a rule of notifications: its target is tried
   */
  allowNotifications(): SnsTopicPolicy {
    const { key, place } = this.#props
    const service = 'codestar-notifications.amazonaws.com'
    key.allowService('Notifications', service, {
      StringEquals: { 'kms:ViaService': `sns.${place.region}.amazonaws.com` },
    })
    this.#statements.push({
      sid: 'Notifications',
      actions: ['sns:Publish'],
      resources: [this.arn],
      principals: { Service: service },
      conditions: { StringEquals: { 'aws:SourceAccount': place.account } },
    })
    return this.#policy
  }

  #allowAlarms(): void {
    const { key, place } = this.#props
    const service = 'cloudwatch.amazonaws.com'
    key.allowService('Alarms', service, { StringEquals: { 'aws:SourceAccount': place.account } })
    this.#statements.push({
      sid: 'Alarms',
      actions: ['sns:Publish'],
      resources: [this.arn],
      principals: { Service: service },
      conditions: {
        StringEquals: { 'aws:SourceAccount': place.account },
        ArnLike: { 'aws:SourceArn': place.arn('cloudwatch', 'alarm:*') },
      },
    })
  }
}
