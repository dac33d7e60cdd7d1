import type { Environment, Names } from '@cartwright/environments'
import { Construct, type TerraformResource } from '#terraform'
import type { Place } from '../base/place.ts'
import { PrivateBucket } from '../base/private-bucket.ts'

export interface AccessLogProps extends Pick<Environment, 'logRetentionDays' | 'deletionProtection'> {
  readonly names: Pick<Names, 'base'>
  readonly place: Place
}

/**
 * The bucket of the load balancer's access log. It goes with the environment, once that may be deleted.
 *
 * Cost: $0.023 a month for each GB, a few hundred bytes a request before compression.
 */
export class AccessLog extends Construct {
  /** What the load balancer is told. */
  readonly config: { readonly bucket: string; readonly prefix: string; readonly enabled: true }
  /** Before it may write, the load balancer is refused. */
  readonly ready: TerraformResource

  constructor(scope: Construct, id: string, props: AccessLogProps) {
    super(scope, id)
    const { names, place, logRetentionDays, deletionProtection } = props
    const bucket = new PrivateBucket(this, 'bucket', {
      name: `${names.base}-access-${place.account}-${place.region}`,
      expireDays: logRetentionDays,
      emptyOnDestroy: !deletionProtection,
      statements: (arn) => [
        {
          sid: 'LoadBalancer',
          actions: ['s3:PutObject'],
          resources: [`${arn}/alb/AWSLogs/${place.account}/*`],
          // The path has the account. That it says of which load balancer it comes, AWS does not document everywhere.
          principals: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        },
      ],
    })
    this.config = { bucket: bucket.name, prefix: 'alb', enabled: true }
    this.ready = bucket.policy
  }
}
