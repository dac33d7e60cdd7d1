import type { Environment } from '@cartwright/environments'

/** A way to pay less, and its price in other things. */
export interface Way {
  readonly what: string
  readonly givesUp: string
  /** What changes in an environment; nothing where it is so already. */
  readonly change: (environment: Environment) => Partial<Environment> | undefined
}

/** The ways worth a look. How much each saves is computed: the environment is synthesised with the change. */
export const WAYS: readonly Way[] = [
  {
    what: 'one NAT gateway (`natGateways`)',
    givesUp:
      'When its zone fails, tasks in the others reach neither the identity provider nor, without endpoints, AWS.',
    change: ({ natGateways }) => (natGateways === 'one-per-zone' ? { natGateways: 'one' } : undefined),
  },
  {
    what: 'no interface endpoints (`interfaceEndpoints`)',
    givesUp: 'Logs, events and secrets go through NAT: 0.048 for each GB, and they stop where NAT does.',
    change: ({ interfaceEndpoints }) => (interfaceEndpoints ? { interfaceEndpoints: false } : undefined),
  },
  {
    what: 'one Redis node less (`cacheNodes`)',
    givesUp:
      'The last replica less: no failover while a node is being replaced; with a single node every failure is a cold cache.',
    change: ({ cacheNodes, cacheMultiAz }) =>
      cacheNodes > 1
        ? { cacheNodes: cacheNodes - 1, cacheMultiAz: cacheMultiAz && cacheNodes > 2 }
        : undefined,
  },
  {
    what: 'smaller Redis nodes (`cacheNodeType`)',
    givesUp:
      'Memory (13 GB become 3, 1.4 become 0.5), and CPU beyond a share that is saved up in quiet times.',
    change: ({ cacheNodeType }) => {
      if (cacheNodeType === 'cache.t4g.small') return { cacheNodeType: 'cache.t4g.micro' }
      return /^cache\.[mr]/.test(cacheNodeType) ? { cacheNodeType: 'cache.t4g.medium' } : undefined
    },
  },
  {
    what: 'tasks on Spot (`capacity`)',
    givesUp:
      'AWS takes tasks back with two minutes of warning, many at once at times, and may have none to give.',
    change: ({ capacity }) => {
      if (capacity === 'on-demand') return { capacity: 'spot-above-one' }
      return capacity === 'spot-above-one' ? { capacity: 'spot' } : undefined
    },
  },
  {
    what: 'one task less (`minTasks`, `desiredTasks`)',
    givesUp: 'Reserve: until scaling has answered, the others carry what a lost task or zone carried.',
    change: ({ minTasks, desiredTasks }) =>
      minTasks > 1 ? { minTasks: minTasks - 1, desiredTasks: Math.max(1, desiredTasks - 1) } : undefined,
  },
  {
    what: 'the table on demand (`tableCapacity`)',
    givesUp:
      'Nothing below the load at which it costs the same; dearer above, where provisioned units are well used.',
    change: ({ tableCapacity }) =>
      tableCapacity === 'provisioned' ? { tableCapacity: 'on-demand' } : undefined,
  },
  {
    what: 'less Container Insights (`containerInsights`)',
    givesUp:
      'From enhanced to enabled: figures of single tasks and containers; from enabled to disabled: those of the service, and the alarm that tells of missing tasks.',
    change: ({ containerInsights }) => {
      if (containerInsights === 'enhanced') return { containerInsights: 'enabled' }
      return containerInsights === 'enabled' ? { containerInsights: 'disabled' } : undefined
    },
  },
  {
    what: 'no traces (`traces`)',
    givesUp: 'The collector beside the tasks, and its endpoint: where a slow request spent its time.',
    change: ({ traces }) => (traces ? { traces: false } : undefined),
  },
  {
    what: 'no firewall (`firewall`)',
    givesUp: 'Known attacks and floods of one address reach the tasks, and the record of who asked is gone.',
    change: ({ firewall, domainName }) =>
      firewall && domainName !== undefined ? { firewall: false } : undefined,
  },
  {
    what: 'logs for 30 days (`logRetentionDays`)',
    givesUp: 'What happened before: long enough for most incidents, too short for many audits.',
    change: ({ logRetentionDays }) => (logRetentionDays > 30 ? { logRetentionDays: 30 } : undefined),
  },
  {
    what: 'no continuous backup of the table (`pointInTimeRecovery`)',
    givesUp: 'The way back after a deletion or a bad write.',
    change: ({ pointInTimeRecovery }) => (pointInTimeRecovery ? { pointInTimeRecovery: false } : undefined),
  },
]

/** What a way saves, in US dollars a month, by environment. */
export interface Saving {
  readonly way: Way
  readonly usd: ReadonlyMap<string, number>
}

/** Less than this is not worth a line, in US dollars a month. */
const WORTH_IT = 0.5

/**
 * What each way saves, the most first.
 *
 * @param before what the environments cost that are asked for, by name
 * @param costOf the same of changed ones
 */
export function savings(
  environments: readonly Environment[],
  before: ReadonlyMap<string, number>,
  costOf: (environments: readonly Environment[]) => ReadonlyMap<string, number>,
): readonly Saving[] {
  const found = WAYS.flatMap((way) => {
    const changes = new Map<string, Partial<Environment>>()
    for (const environment of environments) {
      const change = before.has(environment.name) ? way.change(environment) : undefined
      if (change !== undefined) changes.set(environment.name, change)
    }
    if (changes.size === 0) return []
    const after = costOf(environments.map((one) => ({ ...one, ...changes.get(one.name) })))
    const saved = [...changes.keys()].flatMap((name) => {
      const usd = (before.get(name) ?? 0) - (after.get(name) ?? 0)
      return usd >= WORTH_IT ? [[name, usd] as const] : []
    })
    return saved.length === 0 ? [] : [{ way, usd: new Map(saved) }]
  })
  const most = ({ usd }: Saving): number => Math.max(...usd.values())
  return found.toSorted((a, b) => most(b) - most(a))
}
