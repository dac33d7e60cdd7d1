import type { Environment } from '@cartwright/environments'
import { AppautoscalingPolicy, type AppautoscalingPolicyConfig } from '#aws/appautoscaling-policy'
import { AppautoscalingScheduledAction } from '#aws/appautoscaling-scheduled-action'
import { AppautoscalingTarget } from '#aws/appautoscaling-target'
import { Construct, conditional, Op, type TerraformResource, Token } from '#terraform'
import type { Role } from '../base/role.ts'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'
import { NO_RELEASE, type Registry } from '../registry/registry.ts'

export interface ScalingProps
  extends Pick<
    Environment,
    | 'minTasks'
    | 'maxTasks'
    | 'cpuTarget'
    | 'memoryTarget'
    | 'requestsPerTarget'
    | 'scheduledFloor'
    | 'scheduledFloorHours'
    | 'scheduledFloorTimezone'
  > {
  readonly clusterName: string
  readonly serviceName: string
  readonly loadBalancer: LoadBalancer
  readonly registry: Registry
}

type Metric = NonNullable<
  NonNullable<
    AppautoscalingPolicyConfig['targetTrackingScalingPolicyConfiguration']
  >['predefinedMetricSpecification']
>

/**
 * Lets the number of tasks follow CPU, memory and requests: whichever of them wants most tasks wins. New tasks come
 * within a minute, superfluous ones leave after five.
 *
 * AWS starts tasks up to the minimum as soon as it hears of one, so it is 0 until there is a release, which then registers
 * the real one: no plan has to change it.
 *
 * Cost: AWS makes two alarms for each of three targets, $0.60 a month.
 */
export class Scaling extends Construct {
  readonly #target: AppautoscalingTarget

  constructor(scope: Construct, id: string, props: ScalingProps) {
    super(scope, id)
    const { minTasks, maxTasks, loadBalancer, registry, scheduledFloor } = props
    this.#target = new AppautoscalingTarget(this, 'tasks', {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${props.clusterName}/${props.serviceName}`,
      minCapacity: Token.asNumber(onceReleased(registry, minTasks)),
      maxCapacity: maxTasks,
      // With a floor by the clock, the minimum is the clock's.
      ...(scheduledFloor > 0 ? { lifecycle: { ignoreChanges: ['min_capacity'] } } : {}),
    })
    this.#follow('cpu', props.cpuTarget, { predefinedMetricType: 'ECSServiceAverageCPUUtilization' })
    this.#follow('memory', props.memoryTarget, { predefinedMetricType: 'ECSServiceAverageMemoryUtilization' })
    const pair = `${loadBalancer.arnSuffix}/${loadBalancer.targetGroupArnSuffix}`
    const requests: Metric = { predefinedMetricType: 'ALBRequestCountPerTarget', resourceLabel: pair }
    // The pair exists only once the rule has put the target group behind the balancer.
    this.#follow('requests', props.requestsPerTarget, requests, [loadBalancer.forwarding])
    if (scheduledFloor > 0) this.#raiseFloor(props)
  }

  /** Lets a role register the minimum. */
  grantRegister(role: Role): void {
    role.allow({
      sid: 'RegisterMinimum',
      actions: ['application-autoscaling:RegisterScalableTarget'],
      resources: [this.#target.arn],
    })
  }

  #follow(
    id: string,
    targetValue: number,
    metric: Metric,
    dependsOn: readonly TerraformResource[] = [],
  ): void {
    new AppautoscalingPolicy(this, id, {
      name: id,
      policyType: 'TargetTrackingScaling',
      ...this.#scaled(),
      targetTrackingScalingPolicyConfiguration: {
        targetValue,
        predefinedMetricSpecification: metric,
        scaleOutCooldown: 60,
        scaleInCooldown: 300,
      },
      ...(dependsOn.length === 0 ? {} : { dependsOn: [...dependsOn] }),
    })
  }

  /** For loads that come by the clock: more tasks stand ready before they are needed. The maximum stays what it is. */
  #raiseFloor(props: ScalingProps): void {
    const { registry, minTasks, scheduledFloor, scheduledFloorHours, scheduledFloorTimezone } = props
    const [from, until] = scheduledFloorHours.split('-')
    const at = (id: string, hour: string | undefined, minCapacity: number): void => {
      new AppautoscalingScheduledAction(this, id, {
        name: id,
        ...this.#scaled(),
        schedule: `cron(0 ${hour} * * ? *)`,
        timezone: scheduledFloorTimezone,
        scalableTargetAction: { minCapacity: Token.asString(onceReleased(registry, minCapacity)) },
      })
    }
    at('floor-up', from, scheduledFloor)
    at('floor-down', until, minTasks)
  }

  #scaled() {
    const { serviceNamespace, resourceId, scalableDimension } = this.#target
    return { serviceNamespace, resourceId, scalableDimension }
  }
}

/** Nothing before the first release: there is no image to start. */
function onceReleased({ release }: Registry, tasks: number) {
  return conditional(Op.eq(release, NO_RELEASE), 0, tasks)
}
