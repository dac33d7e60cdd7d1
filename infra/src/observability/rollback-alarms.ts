import { CloudwatchMetricAlarm } from '#aws/cloudwatch-metric-alarm'
import { Construct } from '#terraform'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'

export interface RollbackAlarmsProps {
  readonly name: string
  readonly loadBalancer: LoadBalancer
}

/** Requests a minute that say nothing: one failure, or one slow answer, of a handful. */
const FEW = 20

/**
 * What undoes a deployment: more than five errors in a hundred requests, or one request in a hundred slower than two
 * seconds. They are a set of their own, because an alarm that already rings when a deployment starts is not watched, and
 * they tell nobody. Without requests they are quiet.
 *
 * Cost: $0.40 a month: an alarm costs $0.10 for each metric that it reads.
 */
export class RollbackAlarms extends Construct {
  readonly names: readonly string[]

  constructor(scope: Construct, id: string, { name, loadBalancer }: RollbackAlarmsProps) {
    super(scope, id)
    const dimensions = {
      LoadBalancer: loadBalancer.arnSuffix,
      TargetGroup: loadBalancer.targetGroupArnSuffix,
    }
    this.names = [this.#errors(name, dimensions), this.#slowness(name, dimensions)]
  }

  #errors(name: string, dimensions: Record<string, string>): string {
    return new CloudwatchMetricAlarm(this, 'errors', {
      alarmName: `${name}-rollback-errors`,
      alarmDescription: 'Undoes a deployment: more than 5 % of the requests to tasks fail with 5xx.',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 5,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: 'notBreaching',
      metricQuery: [
        {
          id: 'rate',
          label: 'Failed requests in %',
          expression: `IF(requests > ${FEW}, 100 * FILL(errors, 0) / requests, 0)`,
          returnData: true,
        },
        figure('errors', 'HTTPCode_Target_5XX_Count', 'Sum', dimensions),
        figure('requests', 'RequestCount', 'Sum', dimensions),
      ],
    }).alarmName
  }

  #slowness(name: string, dimensions: Record<string, string>): string {
    return new CloudwatchMetricAlarm(this, 'slowness', {
      alarmName: `${name}-rollback-slowness`,
      alarmDescription: 'Undoes a deployment: one request in a hundred takes longer than 2 s.',
      comparisonOperator: 'GreaterThanThreshold',
      threshold: 2,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: 'notBreaching',
      metricQuery: [
        {
          id: 'slowness',
          label: 'p99 in s',
          // CloudWatch's own way to leave out few samples leaves out a thousand, and keeps the alarm as it was.
          expression: `IF(requests > ${FEW}, p99, 0)`,
          returnData: true,
        },
        figure('p99', 'TargetResponseTime', 'p99', dimensions),
        figure('requests', 'RequestCount', 'Sum', dimensions),
      ],
    }).alarmName
  }
}

function figure(id: string, metricName: string, stat: string, dimensions: Record<string, string>) {
  return {
    id,
    returnData: false,
    metric: { namespace: 'AWS/ApplicationELB', metricName, period: 60, stat, dimensions },
  }
}
