import type { Clock } from '../clock.ts'
import type {
  ForwardConfiguration,
  ListenerConfiguration,
  LoadBalancerConfiguration,
} from '../declared/configuration.ts'
import type { EventListener } from '../journal/events.ts'
import type { LocalPort } from '../rules/redirect.ts'
import type { Seal } from '../stickiness/seal.ts'
import type { TargetGroup } from '../targets/target-group.ts'

/** What a listener's requests are judged and forwarded by. */
export interface Door {
  readonly listener: ListenerConfiguration
  readonly balancer: Pick<LoadBalancerConfiguration, 'attributes' | 'dnsName'>
  readonly groups: ReadonlyMap<string, TargetGroup>
  /** The group whose turn it is, by the action's weights. */
  readonly nextGroup: (action: ForwardConfiguration) => string | undefined
  readonly seal: Seal
  readonly localPort: LocalPort
  readonly clock: Clock
  readonly tell: EventListener
  /** How long a connection to a target may take, in milliseconds. */
  readonly connectTimeout: number
}
