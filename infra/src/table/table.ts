import type { Environment } from '@cartwright/environments'
import { AppautoscalingPolicy } from '#aws/appautoscaling-policy'
import { AppautoscalingTarget } from '#aws/appautoscaling-target'
import { DynamodbTable } from '#aws/dynamodb-table'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Role } from '../base/role.ts'

type Settings = Pick<
  Environment,
  | 'tableCapacity'
  | 'minReadUnits'
  | 'maxReadUnits'
  | 'minWriteUnits'
  | 'maxWriteUnits'
  | 'onDemandCaps'
  | 'tableUtilisation'
  | 'pointInTimeRecovery'
  | 'deletionProtection'
>

export interface TableProps extends Settings {
  readonly name: string
  readonly key: Key
}

/** What the API does with the table: a transaction has no permission of its own, ours are made of puts. */
const READS = ['dynamodb:GetItem', 'dynamodb:Query'] as const
const WRITES = ['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'] as const

/**
 * The one table that holds carts, orders, kept answers, the outbox and the cache's epoch. Everything is found by its
 * key, so there is no index; the outbox is read by its relay, so there is no stream.
 *
 * Cost: on demand $0.71 for a million write units and $0.14 for a million read units; provisioned $0.54 a month for each
 * write unit and $0.11 for each read unit; $0.28 a month for each GB, $0.22 more with point-in-time recovery. A change
 * of a small cart takes six write units: 50 units carry about eight changes a second, 500 about eighty.
 */
export class Table extends Construct {
  readonly name: string
  readonly arn: string
  readonly #key: Key

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id)
    this.#key = props.key
    const table = this.#makeTable(props)
    this.name = table.name
    this.arn = table.arn
    if (props.tableCapacity === 'provisioned') {
      this.#scale('Read', props.minReadUnits, props.maxReadUnits, props.tableUtilisation)
      this.#scale('Write', props.minWriteUnits, props.maxWriteUnits, props.tableUtilisation)
    }
  }

  /** Lets the API keep carts: no scan, no deletion, no change of the table itself. */
  grantUse(role: Role): void {
    role.allow({ sid: 'ReadTable', actions: READS, resources: [this.arn] })
    role.allow({ sid: 'WriteTable', actions: WRITES, resources: [this.arn] })
    this.#key.grantUse(role, 'UseTableKey', 'dynamodb')
  }

  #makeTable(props: TableProps): DynamodbTable {
    const { name, key, pointInTimeRecovery, deletionProtection } = props
    return new DynamodbTable(this, 'table', {
      name,
      ...capacityOf(props),
      hashKey: 'pk',
      rangeKey: 'sk',
      attribute: [
        { name: 'pk', type: 'S' },
        { name: 'sk', type: 'S' },
      ],
      ttl: { enabled: true, attributeName: 'ttl' },
      pointInTimeRecovery: { enabled: pointInTimeRecovery },
      serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
      deletionProtectionEnabled: deletionProtection,
      lifecycle: {
        // DynamoDB refuses its own deletion only; so the whole destroy is refused before it deletes the rest.
        ...(deletionProtection ? { preventDestroy: true } : {}),
        // Scaling moves these two, and a plan that moved them back would throttle.
        ...(props.tableCapacity === 'provisioned'
          ? { ignoreChanges: ['read_capacity', 'write_capacity'] }
          : {}),
      },
    })
  }

  /** Keeps the units where the given share of them is used. DynamoDB makes the role for it by itself. */
  #scale(kind: 'Read' | 'Write', least: number, most: number, utilisation: number): void {
    const id = kind.toLowerCase()
    const target = new AppautoscalingTarget(this, `${id}-units`, {
      serviceNamespace: 'dynamodb',
      resourceId: `table/${this.name}`,
      scalableDimension: `dynamodb:table:${kind}CapacityUnits`,
      minCapacity: least,
      maxCapacity: most,
    })
    new AppautoscalingPolicy(this, `${id}-scaling`, {
      name: `${id}-utilisation`,
      policyType: 'TargetTrackingScaling',
      serviceNamespace: target.serviceNamespace,
      resourceId: target.resourceId,
      scalableDimension: target.scalableDimension,
      targetTrackingScalingPolicyConfiguration: {
        targetValue: utilisation,
        predefinedMetricSpecification: { predefinedMetricType: `DynamoDB${kind}CapacityUtilization` },
      },
    })
  }
}

function capacityOf(props: TableProps) {
  if (props.tableCapacity === 'provisioned') {
    return {
      billingMode: 'PROVISIONED',
      readCapacity: props.minReadUnits,
      writeCapacity: props.minWriteUnits,
    }
  }
  const { onDemandCaps, maxReadUnits, maxWriteUnits } = props
  const caps = { maxReadRequestUnits: maxReadUnits, maxWriteRequestUnits: maxWriteUnits }
  return { billingMode: 'PAY_PER_REQUEST', ...(onDemandCaps ? { onDemandThroughput: caps } : {}) }
}
