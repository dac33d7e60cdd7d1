import type { Environment, Names } from '@cartwright/environments'
import { CloudwatchEventArchive } from '#aws/cloudwatch-event-archive'
import { CloudwatchEventBus } from '#aws/cloudwatch-event-bus'
import { CloudwatchEventRule } from '#aws/cloudwatch-event-rule'
import { CloudwatchEventTarget } from '#aws/cloudwatch-event-target'
import { CloudwatchLogResourcePolicy } from '#aws/cloudwatch-log-resource-policy'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import { LogGroup } from '../base/log-group.ts'
import { policyJson } from '../base/policy.ts'
import type { Role } from '../base/role.ts'
import { Queue } from './queue.ts'

export interface EventsProps extends Pick<Environment, 'archiveDays' | 'eventLog' | 'logRetentionDays'> {
  readonly names: Pick<
    Names,
    'base' | 'eventBus' | 'archive' | 'ordersQueue' | 'ordersDeadLetters' | 'undelivered'
  >
  readonly key: Key
}

/** Where the API says its events come from; its tests hold the two together. */
export const EVENT_SOURCE = 'cartwright.cart'
/** The event of an order, as `detail-type`. */
export const ORDER_EVENT = 'checkout-started'

/**
 * The bus that the API publishes to, its archive, and the queue in which orders wait for their consumer. What cannot be
 * delivered to the queue goes to `undelivered`, what the consumer gives up goes to the queue's own dead letters; each
 * keeps for 14 days.
 *
 * Cost: $1 for a million events, $0.40 for a million requests of queues, $0.11 for each GB into the archive.
 */
export class Events extends Construct {
  readonly busName: string
  readonly busArn: string
  readonly ordersQueue: Queue
  readonly ordersDeadLetters: Queue
  readonly undelivered: Queue
  readonly ordersRuleName: string

  constructor(scope: Construct, id: string, props: EventsProps) {
    super(scope, id)
    const { names, key } = props
    // It says no account where it sends to an encrypted queue; the queues' own policies name rule and bus.
    key.allowService('Events', 'events.amazonaws.com')
    // Where our key is out of use, bus and queue are too: what then cannot be delivered has to arrive here.
    this.undelivered = new Queue(this, 'undelivered', { name: names.undelivered })
    this.ordersDeadLetters = new Queue(this, 'orders-dead', { name: names.ordersDeadLetters, key })
    this.ordersQueue = new Queue(this, 'orders', {
      name: names.ordersQueue,
      key,
      deadLetters: this.ordersDeadLetters,
    })
    const bus = this.#makeBus(props)
    this.busName = bus.name
    this.busArn = bus.arn
    const rule = this.#routeOrders()
    this.ordersRuleName = rule.name
    this.undelivered.allowEvents(bus.arn)
    this.undelivered.allowEvents(rule.arn)
    this.ordersQueue.allowEvents(rule.arn)
    if (props.archiveDays > 0) this.#keep(props)
    if (props.eventLog) this.#log(props)
  }

  grantPublish(role: Role): void {
    role.allow({ sid: 'PublishEvents', actions: ['events:PutEvents'], resources: [this.busArn] })
  }

  #makeBus({ names, key }: EventsProps): CloudwatchEventBus {
    return new CloudwatchEventBus(this, 'bus', {
      name: names.eventBus,
      description: 'What happens to carts',
      kmsKeyIdentifier: key.arn,
      deadLetterConfig: { arn: this.undelivered.arn },
    })
  }

  #routeOrders(): CloudwatchEventRule {
    const rule = new CloudwatchEventRule(this, 'orders-rule', {
      name: 'orders',
      description: 'Orders, to their queue',
      eventBusName: this.busName,
      eventPattern: JSON.stringify({ source: [EVENT_SOURCE], 'detail-type': [ORDER_EVENT] }),
    })
    new CloudwatchEventTarget(this, 'orders-target', {
      rule: rule.name,
      eventBusName: this.busName,
      targetId: 'queue',
      arn: this.ordersQueue.arn,
      deadLetterConfig: { arn: this.undelivered.arn },
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    })
    return rule
  }

  /**
   * Retention 0 would keep for ever, so without days there is no archive. It is encrypted by a key of AWS's: EventBridge takes
   * one of ours (`KmsKeyIdentifier`), and the provider has no field for it in this version. With one, events.amazonaws.com
   * also needs `kms:ReEncrypt*` in the key's policy.
   */
  #keep({ names, archiveDays }: EventsProps): void {
    new CloudwatchEventArchive(this, 'archive', {
      name: names.archive,
      description: 'Events of carts, for replay',
      eventSourceArn: this.busArn,
      retentionDays: archiveDays,
      eventPattern: JSON.stringify({ source: [EVENT_SOURCE] }),
    })
  }

  /** EventBridge writes only to groups below /aws/events, and only with a policy of the logs themselves. */
  #log(props: EventsProps): void {
    const { names } = props
    const group = new LogGroup(this, 'log', { ...props, name: `/aws/events/${names.base}` })
    const rule = new CloudwatchEventRule(this, 'log-rule', {
      name: 'log',
      description: 'Every event, to the log',
      eventBusName: this.busName,
      eventPattern: JSON.stringify({ source: [EVENT_SOURCE] }),
    })
    const common = {
      resources: [`${group.arn}:*`],
      principals: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
    }
    this.undelivered.allowEvents(rule.arn)
    const access = new CloudwatchLogResourcePolicy(this, 'log-policy', {
      policyName: `${names.base}-events`,
      policyDocument: policyJson([
        // A stream is made for no rule in particular.
        { sid: 'MakeStreams', actions: ['logs:CreateLogStream'], ...common },
        {
          sid: 'WriteEvents',
          actions: ['logs:PutLogEvents'],
          ...common,
          conditions: { ArnEquals: { 'aws:SourceArn': rule.arn } },
        },
      ]),
    })
    new CloudwatchEventTarget(this, 'log-target', {
      rule: rule.name,
      eventBusName: this.busName,
      targetId: 'log',
      arn: group.arn,
      deadLetterConfig: { arn: this.undelivered.arn },
      dependsOn: [access],
    })
  }
}
