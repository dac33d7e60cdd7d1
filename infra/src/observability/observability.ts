import type { Environment, Names } from '@cartwright/environments'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Place } from '../base/place.ts'
import type { Cache } from '../cache/cache.ts'
import type { Events } from '../events/events.ts'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'
import type { Service } from '../service/service.ts'
import type { Table } from '../table/table.ts'
import { Alarms } from './alarms.ts'
import { Budget } from './budget.ts'
import { Dashboards } from './dashboards.ts'
import { Topic } from './topic.ts'

export interface ObservabilityProps
  extends Pick<Environment, 'containerInsights' | 'alarms' | 'alarmEmails' | 'monthlyBudget'> {
  readonly environmentName: string
  readonly names: Pick<Names, 'base' | 'topic' | 'budget'>
  readonly place: Place
  readonly key: Key
  readonly cache: Cache
  readonly table: Table
  readonly events: Events
  readonly loadBalancer: LoadBalancer
  readonly service: Service
}

/**
 * What tells people: dashboards and a budget always, alarms and their topic where they are on. All of it is made of AWS's
 * own metrics.
 *
 * Cost: that of its parts.
 */
export class Observability extends Construct {
  readonly dashboardUrls: readonly string[]
  /** Where alarms go; without alarms there is none. */
  readonly topic: Topic | undefined

  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id)
    const { names } = props
    this.dashboardUrls = new Dashboards(this, 'dashboards', { ...props, name: names.base }).urls
    new Budget(this, 'budget', { ...props, name: names.budget })
    this.topic = props.alarms ? new Topic(this, 'topic', { ...props, name: names.topic }) : undefined
    if (this.topic !== undefined)
      new Alarms(this, 'alarms', { ...props, name: names.base, topic: this.topic })
  }
}
