import { completed, type Environment, STATE_BACKEND } from '@cartwright/environments'
import { StackJson } from '../synthesised/stack-json.ts'
import { environment, type Name, synthesise, synthesiseAll } from '../test/synthesise.ts'
import { fixedCosts, isKnown, type Line, sum } from './estimate.ts'
import { fixedCostOutput, PRICED_TYPES } from './fixed.ts'
import { FREE, WITH_USE_ALONE } from './free.ts'
import { allPrices, nodePrice, PRICES, PRICES_OF } from './prices.ts'
import { USED_TYPES, useCosts } from './use.ts'

const NAMES = ['dev', 'staging', 'prod'] as const

function stackOf(name: Name, change: Partial<Environment> = {}): StackJson {
  return new StackJson(name, synthesise(name, change).json)
}

const told = ({ path, what, usd }: Line): string => `${path}: ${what} ${usd.toFixed(2)}`

/** The lines that a change takes away and brings. */
function difference(name: Name, change: Partial<Environment>) {
  const before = fixedCosts(stackOf(name)).lines.map(told)
  const after = fixedCosts(stackOf(name, change)).lines.map(told)
  return {
    gone: before.filter((line) => !after.includes(line)).toSorted(),
    come: after.filter((line) => !before.includes(line)).toSorted(),
  }
}

describe('every resource', () => {
  const everything = NAMES.map((name) => completed(environment(name), true).environment)
  const stacks = [
    ...[...NAMES, STATE_BACKEND].map((name) => synthesiseAll(everything, name)),
    // Promotion between accounts, a floor by the clock, tasks and events that no environment of the repository has.
    synthesiseAll(
      everything.map((one, at) => ({ ...one, accountId: `12345678901${at}`, eventLog: true })),
      'dev',
    ),
    synthesise('prod', { scheduledFloor: 6, onDemandCaps: true, tableCapacity: 'on-demand' }),
  ]

  test('of every stack is priced, costs by its use, or is free for a stated reason', () => {
    const types = new Set(stacks.flatMap(({ json }) => Object.keys(json.resource)))

    expect([...types].filter((type) => !isKnown(type))).toEqual([])
  })

  test('is in one of the tables only', () => {
    const notFixed = [...Object.keys(FREE), ...Object.keys(WITH_USE_ALONE)]

    expect(notFixed.filter((type) => PRICED_TYPES.has(type))).toEqual([])
    expect(Object.keys(FREE).filter((type) => USED_TYPES.has(type) || type in WITH_USE_ALONE)).toEqual([])
  })

  test('that nobody knows is named', () => {
    const stack = new StackJson('dev', { resource: { aws_instance: { one: {} } } })

    expect(fixedCosts(stack)).toEqual({
      lines: [],
      unpriced: [{ address: 'aws_instance.one', reason: 'there is no price of aws_instance' }],
    })
  })
})

describe('the output', () => {
  test.each(NAMES)('of %s is the fixed part, in dollars with two decimals', (name) => {
    const { json } = synthesise(name)

    expect(json['output']).toHaveProperty(
      'estimated_monthly_cost.value',
      sum(fixedCosts(new StackJson(name, json)).lines).toFixed(2),
    )
  })

  test('counts the pipeline, which comes last', () => {
    const withAll = completed(environment('dev'), true).environment
    const { json } = synthesiseAll([withAll], 'dev')

    expect(json['output']).toHaveProperty('estimated_monthly_cost.value', fixedCostOutput('dev', json))
    expect(json.resource).toHaveProperty('aws_codepipeline')
  })
})

test('a fourth environment is priced like the others', () => {
  const qa = { ...environment('staging'), name: 'qa', promotesFrom: '' }
  const { json } = synthesiseAll([qa], 'qa')

  expect(fixedCostOutput('qa', json)).toBe(fixedCostOutput('staging', stackOf('staging').json))
})

describe('a changed field changes the lines that it is about, and no other', () => {
  test('NAT gateways', () => {
    expect(difference('prod', { natGateways: 'one' })).toEqual({
      gone: [
        'network/nat-address-b: public address 3.65',
        'network/nat-address-c: public address 3.65',
        'network/nat-b: NAT gateway 35.04',
        'network/nat-c: NAT gateway 35.04',
      ],
      come: [],
    })
  })

  test('Redis nodes', () => {
    const { gone, come } = difference('prod', { cacheNodes: 2 })
    const [nodes, ...others] = gone

    expect([nodes, come]).toEqual([
      'cache/redis: 3 × cache.r7g.large 532.17',
      ['cache/redis: 2 × cache.r7g.large 354.78'],
    ])
    // Each node has alarms of its own.
    expect(others).toEqual(
      others.map(() => expect.stringMatching(/^observability\/alarms\/redis-\w+-3: alarm/)),
    )
  })

  test('the fewest tasks, where there is scaling', () => {
    // Container Insights logs for each task.
    expect(difference('prod', { minTasks: 2 })).toEqual({
      gone: [
        'service/cluster/cluster: log of Container Insights 0.27',
        'service/service: 3 × task on demand (1 vCPU, 2 GB), memory 15.59',
        'service/service: 3 × task on demand (1 vCPU, 2 GB), vCPU 70.91',
      ],
      come: [
        'service/cluster/cluster: log of Container Insights 0.20',
        'service/service: 2 × task on demand (1 vCPU, 2 GB), memory 10.40',
        'service/service: 2 × task on demand (1 vCPU, 2 GB), vCPU 47.27',
      ],
    })
    expect(difference('prod', { desiredTasks: 4 })).toEqual({ gone: [], come: [] })
  })

  test('a floor by the clock counts by its hours', () => {
    // 3 tasks, and 3 more for 15 of 24 hours.
    expect(difference('prod', { scheduledFloor: 6, scheduledFloorHours: '7-22' }).come).toContainEqual(
      expect.stringContaining('4.88 × task on demand'),
    )
  })

  test('capacity: a share of tasks on Spot costs a third', () => {
    const { come, gone } = difference('staging', { capacity: 'spot' })

    expect(gone.filter((line) => line.includes('vCPU '))).toEqual([
      'service/service: 1 × task on Spot (0.5 vCPU, 1 GB), vCPU 3.91',
      'service/service: 1 × task on demand (0.5 vCPU, 1 GB), vCPU 11.82',
    ])
    expect(come).toContain('service/service: 2 × task on Spot (0.5 vCPU, 1 GB), vCPU 7.81')
  })

  test('the table on demand has no fixed units, and its requests cost', () => {
    const onDemand = stackOf('prod', { tableCapacity: 'on-demand' })
    const tableOf = (lines: readonly Line[]) =>
      lines.flatMap(({ path, what }) => (path === 'table/table' ? [what] : []))

    expect(tableOf(fixedCosts(onDemand).lines)).toEqual([])
    expect(tableOf(useCosts(onDemand, 1).lines)).toEqual(
      expect.arrayContaining(['write units', 'read units']),
    )
    expect(tableOf(fixedCosts(stackOf('prod')).lines)).toEqual(['50 write units', '100 read units'])
  })
})

describe('use', () => {
  test('grows with requests, and what happens without any stays small', () => {
    for (const name of NAMES) {
      const [none = 0, some = 0, more = 0] = [0, 10, 20].map((rate) =>
        sum(useCosts(stackOf(name), rate).lines),
      )

      expect(none).toBeLessThan(5)
      expect(more - some).toBeGreaterThan(0.9 * (some - none))
      expect(some).toBeGreaterThan(none + 20)
    }
  })

  test('more than the stack takes is said, and counted up to its limits', () => {
    const prod = stackOf('prod')
    const { beyond, lines } = useCosts(prod, 2000)

    expect(beyond).toEqual([
      expect.stringMatching(/^the load wants \d+ write units; the table has 500 at most/),
      expect.stringMatching(/^the load wants \d+ read units; the table has 1000 at most/),
    ])
    expect(lines.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['450 write units above the least', '900 read units above the least']),
    )
    expect(useCosts(stackOf('staging'), 5000).beyond).toEqual([
      expect.stringMatching(/^the load wants \d+ tasks; the service has 6 at most/),
    ])
  })

  test('tasks above the fewest are counted where the load wants them', () => {
    expect(useCosts(stackOf('staging'), 1000).lines).toContainEqual(
      expect.objectContaining({ path: 'service/service', what: expect.stringMatching(/^2 × task on Spot/) }),
    )
  })

  test('without lines in the log nothing is paid for them', () => {
    const whats = (logLevel: Environment['logLevel']) =>
      useCosts(stackOf('prod', { logLevel }), 10).lines.map(({ what }) => what)

    expect(whats('info')).toContain('application log, coming in')
    expect(whats('warn')).not.toContain('application log, coming in')
  })
})

describe('prices', () => {
  test('each says where it was read and when, and none is of another time than the table says', () => {
    for (const [key, { usd, date, source }] of allPrices()) {
      expect([key, usd > 0]).toEqual([key, true])
      expect(date).toMatch(/^20\d\d(-\d\d(-\d\d)?)?$/)
      // A year alone may be any day of it.
      expect([key, date >= PRICES_OF.from.slice(0, date.length)]).toEqual([key, true])
      expect([key, date <= PRICES_OF.to]).toEqual([key, true])
      expect([key, source.text]).toEqual([key, expect.stringMatching(/^\S.+\S$/)])
    }
    const dates = allPrices().map(([, { date }]) => date)
    expect(dates).toContainEqual(expect.stringMatching(new RegExp(`^${PRICES_OF.from}`)))
    expect(dates).toContain(PRICES_OF.to)
  })

  test('none is certain that was derived or not read again', () => {
    const certain = allPrices().filter(([, { sureness }]) => sureness === 'certain')

    expect(new Set(certain.map(([, { source }]) => source.kind))).toEqual(new Set(['list', 'page', 'bill']))
  })

  test('each is used by a line of some stack, nodes of Redis excepted', () => {
    const used = new Set(
      [
        ...NAMES.map((name) => new StackJson(name, synthesiseAll(all(), name).json)),
        stackOf('dev', { capacity: 'on-demand' }),
      ].flatMap((stack) =>
        [...fixedCosts(stack).lines, ...useCosts(stack, 500).lines].map(({ price }) => price),
      ),
    )
    const unused = allPrices().flatMap(([key]) => (used.has(key) || key.startsWith('cache.') ? [] : [key]))

    // For stacks whose tasks run on other chips.
    expect(unused).toEqual(['x86-vcpu-hour', 'x86-gb-hour'])
  })

  test('a node of another size is priced by the large one of its family', () => {
    expect(nodePrice('cache.r7g.2xlarge')).toEqual({ price: 'cache.r7g.large', times: 4 })
    expect(nodePrice('cache.t4g.small')).toEqual({ price: 'cache.t4g.small', times: 1 })
    expect(fixedCosts(stackOf('prod', { cacheNodeType: 'cache.r7g.xlarge' })).lines).toContainEqual(
      expect.objectContaining({ path: 'cache/redis', usd: 3 * 730 * 2 * PRICES['cache.r7g.large'].usd }),
    )
  })

  test('a node that nobody knows makes the sum unknown, and is named', () => {
    const stack = stackOf('prod', { cacheNodeType: 'cache.x2g.large' })

    expect(fixedCosts(stack).unpriced).toEqual([
      expect.objectContaining({ reason: 'there is no price of redis on cache.x2g.large' }),
    ])
    expect(stack.json['output']).toHaveProperty('estimated_monthly_cost.value', 'unknown')
  })
})

function all(): readonly Environment[] {
  return NAMES.map((name) => completed(environment(name), true).environment)
}
