import { SqsQueue } from '#aws/sqs-queue'
import { SqsQueuePolicy } from '#aws/sqs-queue-policy'
import { SqsQueueRedriveAllowPolicy } from '#aws/sqs-queue-redrive-allow-policy'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import { denyPlainText, policyJson, type Statement } from '../base/policy.ts'

export interface QueueProps {
  readonly name: string
  readonly key: Key
  /** Where a message goes that was received five times and not deleted. @default nowhere: it is one itself */
  readonly deadLetters?: Queue
}

/** The longest that SQS keeps a message: 14 days. */
const LONGEST = 1_209_600

/**
 * An encrypted queue that keeps as long as SQS can, and takes nothing without TLS.
 *
 * Cost: $0.40 for a million requests.
 */
export class Queue extends Construct {
  readonly name: string
  readonly arn: string
  readonly url: string

  constructor(scope: Construct, id: string, { name, key, deadLetters }: QueueProps) {
    super(scope, id)
    const queue = new SqsQueue(this, 'queue', {
      name,
      messageRetentionSeconds: LONGEST,
      visibilityTimeoutSeconds: 60,
      receiveWaitTimeSeconds: 20,
      kmsMasterKeyId: key.arn,
      kmsDataKeyReusePeriodSeconds: 300,
      ...(deadLetters === undefined
        ? {}
        : { redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 }) }),
    })
    this.name = queue.name
    this.arn = queue.arn
    this.url = queue.url
    deadLetters?.takeFrom(this)
  }

  /** Lets EventBridge send on behalf of these rules or buses, and of no other. */
  allowEvents(sources: readonly string[]): void {
    const send: Statement = {
      sid: 'Events',
      actions: ['sqs:SendMessage'],
      resources: [this.arn],
      principals: { Service: 'events.amazonaws.com' },
      conditions: { ArnEquals: { 'aws:SourceArn': sources } },
    }
    new SqsQueuePolicy(this, 'policy', {
      queueUrl: this.url,
      policy: policyJson([denyPlainText('sqs', [this.arn]), ...(sources.length === 0 ? [] : [send])]),
    })
  }

  /** As dead letters of that queue alone. */
  takeFrom(source: Queue): void {
    new SqsQueueRedriveAllowPolicy(this, 'sources', {
      queueUrl: this.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [source.arn] }),
    })
  }
}
