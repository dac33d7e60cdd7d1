import type { Environment, Names } from '@cartwright/environments'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Place } from '../base/place.ts'
import type { Events } from '../events/events.ts'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'
import type { Topic } from '../observability/topic.ts'
import { ProvenImages } from '../registry/proven-images.ts'
import type { Registry } from '../registry/registry.ts'
import type { Service } from '../service/service.ts'
import { ArtifactStore } from './artifact-store.ts'
import { Build } from './build.ts'
import { Connection } from './connection.ts'
import { Notifications } from './notifications.ts'
import { Pipeline } from './pipeline.ts'
import { Promotion } from './promotion.ts'
import { Smoke } from './smoke.ts'
import { Undo } from './undo.ts'

export interface DeliveryProps {
  readonly environment: Environment
  readonly names: Pick<Names, 'base' | 'connection'>
  readonly place: Place
  readonly key: Key
  readonly registry: Registry
  readonly service: Service
  readonly loadBalancer: LoadBalancer
  readonly events: Events
  /** The environment whose proven images are taken over. @default images are built here */
  readonly source?: Environment | undefined
  /** Who is told of what needs somebody. @default nobody */
  readonly topic?: Topic | undefined
}

/**
 * How a push becomes a release: connection, pipeline, the projects that it runs, and what undoes a release that failed.
 *
 * Cost: that of its parts; nothing while nobody pushes, but for the artifacts that are kept.
 */
export class Delivery extends Construct {
  readonly connectionArn: string
  /** `PENDING` until somebody has authorised it, then `AVAILABLE`. */
  readonly connectionStatus: string
  readonly pipelineUrl: string

  constructor(scope: Construct, id: string, props: DeliveryProps) {
    super(scope, id)
    const { environment, names, source, topic } = props
    const connection = new Connection(this, 'connection', { ...environment, ...props })
    const artifacts = new ArtifactStore(this, 'artifacts', { ...environment, ...props })
    const shared = { ...environment, ...props, baseName: names.base, connection, artifacts }
    const image =
      source === undefined
        ? new Build(this, 'build', shared)
        : new Promotion(this, 'promotion', { ...shared, proven: new ProvenImages({ ...shared, source }) })
    const smoke = new Smoke(this, 'smoke', shared)
    const pipeline = new Pipeline(this, 'pipeline', {
      ...shared,
      name: names.base,
      environmentName: environment.name,
      image: { stage: source === undefined ? 'Build' : 'Promote', project: image.project },
      smoke: smoke.project,
    })
    new Undo(this, 'undo', { ...shared, pipeline })
    if (topic !== undefined)
      new Notifications(this, 'notifications', { name: `${names.base}-pipeline`, pipeline, topic })
    this.connectionArn = connection.arn
    this.connectionStatus = connection.status
    this.pipelineUrl = pipeline.url
  }
}
