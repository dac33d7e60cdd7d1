import { SqsQueue } from '#aws/sqs-queue'
import { SqsQueuePolicy } from '#aws/sqs-queue-policy'
import { SqsQueueRedriveAllowPolicy } from '#aws/sqs-queue-redrive-allow-policy'
import { Construct, Lazy } from '#terraform'
import type { Key } from '../base/key.ts'
import { denyPlainText, policyJson, type Statement } from '../base/policy.ts'

export interface QueueProps {
  readonly name: string
  /** What encrypts it. @default a key of SQS itself, for what must arrive when our own key is out of use */
  readonly key?: Key
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
  /** Rules and buses that may send. */
  readonly #sources: string[] = []

  constructor(scope: Construct, id: string, { name, key, deadLetters }: QueueProps) {
    super(scope, id)
    const queue = new SqsQueue(this, 'queue', {
      name,
      messageRetentionSeconds: LONGEST,
      visibilityTimeoutSeconds: 60,
      receiveWaitTimeSeconds: 20,
      ...(key === undefined
        ? { sqsManagedSseEnabled: true }
        : { kmsMasterKeyId: key.arn, kmsDataKeyReusePeriodSeconds: 300 }),
      ...(deadLetters === undefined
        ? {}
        : { redrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 5 }) }),
    })
    this.name = queue.name
    this.arn = queue.arn
    this.url = queue.url
    deadLetters?.takeFrom(this)
    new SqsQueuePolicy(this, 'policy', {
      queueUrl: this.url,
      policy: Lazy.stringValue({ produce: () => policyJson(this.#statements()) }),
    })
  }

  /** Lets EventBridge send on behalf of a rule or bus; of others it may not. */
  allowEvents(source: string): void {
    this.#sources.push(source)
  }

  #statements(): readonly Statement[] {
    const closed = denyPlainText('sqs', [this.arn])
    if (this.#sources.length === 0) return [closed]
    return [
      closed,
      {
        sid: 'Events',
        actions: ['sqs:SendMessage'],
        resources: [this.arn],
        principals: { Service: 'events.amazonaws.com' },
        conditions: { ArnEquals: { 'aws:SourceArn': this.#sources } },
      },
    ]
  }

  /** As dead letters of that queue alone. */
  takeFrom(source: Queue): void {
    new SqsQueueRedriveAllowPolicy(this, 'sources', {
      queueUrl: this.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [source.arn] }),
    })
  }
}
