import type { Environment } from '@cartwright/environments'
import { AppautoscalingPolicy, type AppautoscalingPolicyConfig } from '#aws/appautoscaling-policy'
import { AppautoscalingScheduledAction } from '#aws/appautoscaling-scheduled-action'
import { AppautoscalingTarget } from '#aws/appautoscaling-target'
import { Construct, type TerraformResource } from '#terraform'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'

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
 * Cost: three alarms for each of three targets, $0.90 a month.
 */
export class Scaling extends Construct {
  readonly #target: AppautoscalingTarget

  constructor(scope: Construct, id: string, props: ScalingProps) {
    super(scope, id)
    const { minTasks, maxTasks, loadBalancer, scheduledFloor } = props
    this.#target = new AppautoscalingTarget(this, 'tasks', {
      serviceNamespace: 'ecs',
      scalableDimension: 'ecs:service:DesiredCount',
      resourceId: `service/${props.clusterName}/${props.serviceName}`,
      minCapacity: minTasks,
      maxCapacity: maxTasks,
    })
    this.#follow('cpu', props.cpuTarget, { predefinedMetricType: 'ECSServiceAverageCPUUtilization' })
    this.#follow('memory', props.memoryTarget, { predefinedMetricType: 'ECSServiceAverageMemoryUtilization' })
    const pair = `${loadBalancer.arnSuffix}/${loadBalancer.targetGroupArnSuffix}`
    const requests: Metric = { predefinedMetricType: 'ALBRequestCountPerTarget', resourceLabel: pair }
    // The pair exists only once the rule has put the target group behind the balancer.
    this.#follow('requests', props.requestsPerTarget, requests, [loadBalancer.forwarding])
    if (scheduledFloor > 0) this.#raiseFloor(props)
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

  /** For loads that come by the clock: more tasks stand ready before they are needed. */
  #raiseFloor(props: ScalingProps): void {
    const { minTasks, maxTasks, scheduledFloor, scheduledFloorHours, scheduledFloorTimezone } = props
    const [from, until] = scheduledFloorHours.split('-')
    const at = (id: string, hour: string | undefined, minCapacity: number): void => {
      new AppautoscalingScheduledAction(this, id, {
        name: id,
        ...this.#scaled(),
        schedule: `cron(0 ${hour} * * ? *)`,
        timezone: scheduledFloorTimezone,
        scalableTargetAction: { minCapacity: String(minCapacity), maxCapacity: String(maxTasks) },
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
