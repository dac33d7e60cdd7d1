import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch'
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53'
import { ACCOUNT, changesSaid, type Ended, Machine } from './machine.ts'

// The life of each environment, from nothing to nothing, by the commands that people type, with the real Terraform and
// the real provider. Each has an AWS of its own; they live at the same time, as most of it is waiting.

/** For all of them together, on two processors that others use too. */
const PATIENCE = 20 * 60_000

/** It undoes deployments of staging. */
const ALARM = 'cartwright-staging-rollback-errors'

interface Life {
  readonly machine: Machine
  readonly steps: Map<string, Ended>
  readonly inventories: Map<string, Readonly<Record<string, readonly string[]>>>
  readonly given: NodeJS.ProcessEnv
}

/** What only a user can give. */
const GIVEN: Readonly<Record<string, NodeJS.ProcessEnv>> = {
  dev: {},
  staging: { CARTWRIGHT_STAGING_ALARM_EMAILS: 'ops@example.com' },
  prod: {
    CARTWRIGHT_PROD_ACCOUNT_ID: ACCOUNT,
    CARTWRIGHT_PROD_DOMAIN_NAME: 'cart.example.com',
    CARTWRIGHT_PROD_ALARM_EMAILS: 'ops@example.com',
    CARTWRIGHT_PROD_JWT_ISSUER: 'https://login.example.com',
    CARTWRIGHT_PROD_JWT_AUDIENCE: 'carts',
    CARTWRIGHT_PROD_JWT_JWKS_URL: 'https://login.example.com/keys',
  },
}

/** A change of one setting, and all that it may change. */
const CHANGES = {
  dev: {
    from: 'logRetentionDays: 7',
    to: 'logRetentionDays: 14',
    shows: Array(6).fill(['~ aws_cloudwatch_log_group', 'retention_in_days: 7 → 14']).flat(),
  },
  staging: {
    from: 'maxTasks: 6',
    to: 'maxTasks: 8',
    shows: ['~ aws_appautoscaling_target', 'max_capacity: 6 → 8'],
  },
  prod: {
    from: 'maxWriteUnits: 500',
    to: 'maxWriteUnits: 600',
    shows: ['~ aws_appautoscaling_target', 'max_capacity: 500 → 600'],
  },
} as const
type Name = keyof typeof CHANGES

/** A step has failed that the others need; a test tells of it. */
class CannotGoOn extends Error {}

const lives = new Map<Name, Life>()

beforeAll(async () => {
  const ends = await Promise.allSettled((Object.keys(CHANGES) as Name[]).map(live))
  const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  for (const reason of reasons) if (!(reason instanceof CannotGoOn)) throw reason
}, PATIENCE)

afterAll(async () => {
  for (const { machine } of lives.values()) await machine.end()
})

/** All steps of a life; the tests below judge them. It ends where it cannot go on. */
async function live(name: Name): Promise<void> {
  const machine = await Machine.start()
  const steps = new Map<string, Ended>()
  const life: Life = { machine, steps, inventories: new Map(), given: { ...GIVEN[name] } }
  lives.set(name, life)
  if (name === 'prod') life.given['CARTWRIGHT_PROD_HOSTED_ZONE_ID'] = await makeZone(machine)
  const { run, look } = narrator(name, life)

  await run('bootstrap')
  await look('before')
  await run('deploy')
  await run('diff')
  if (name !== 'dev') {
    await scale(name, machine)
    await run('diff after scaling', 'diff')
  }
  if (name === 'prod') {
    machine.taint(name, 'aws_dynamodb_table')
    await run('deploy of what was half made', 'deploy')
  }
  machine.change(name, CHANGES[name].from, CHANGES[name].to)
  await run('diff of a change', 'diff')
  if (name === 'prod') {
    await look('before a refused destroy')
    await run('refused destroy', 'destroy')
    machine.change(name, 'deletionProtection: true', 'deletionProtection: false')
    await run('destroy while AWS protects', 'destroy')
    await look('after refused destroys')
    // With the change that the diff has shown.
    await run('deploy without protection', 'deploy')
  }
  if (name === 'staging') {
    await run('deploy of a change', 'deploy')
    await ring(machine)
    machine.change(name, CHANGES[name].to, `${CHANGES[name].to},\n  longestRequest: 9`)
    steps.set('deploy while an alarm rings', await machine.run('deploy', [name], life.given))
  }
  if (name === 'dev') await release(machine)
  await run('destroy')
  await look('destroyed')
  if (name !== 'prod') return
  await run('destroy again', 'destroy')
  await run('second life', 'deploy')
  await run('diff in the second life', 'diff')
}

function narrator(name: Name, { machine, steps, inventories, given }: Life) {
  return {
    run: async (step: string, program = step): Promise<void> => {
      const args = program === 'bootstrap' ? [] : [name]
      // The programs' names are steps' names.
      const ended = await machine.run(program as 'deploy', args, given)
      steps.set(step, ended)
      if (program === 'deploy' && ended.code !== 0) throw new CannotGoOn()
    },
    look: async (moment: string): Promise<void> => {
      inventories.set(moment, await machine.aws.inventory())
    },
  }
}

/** The zone of the domain, which is the user's. */
async function makeZone(machine: Machine): Promise<string> {
  const { HostedZone } = await new Route53Client(machine.place).send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'test' }),
  )
  return HostedZone?.Id?.replace('/hostedzone/', '') ?? ''
}

/** A revision like the one that runs, as a release registers it. */
async function release({ place }: Machine): Promise<void> {
  const ecs = new ECSClient(place)
  const family = 'cartwright-dev-cart-api'
  const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: family }))
  const { containerDefinitions, cpu, memory } = taskDefinition ?? {}
  await ecs.send(new RegisterTaskDefinitionCommand({ family, containerDefinitions, cpu, memory }))
}

/** What CloudWatch would do by itself. */
async function ring({ place }: Machine): Promise<void> {
  await new CloudWatchClient(place).send(
    new SetAlarmStateCommand({ AlarmName: ALARM, StateValue: 'ALARM', StateReason: 'a test' }),
  )
}

/** What scaling would do by itself. */
async function scale(name: Name, machine: Machine): Promise<void> {
  const { place } = machine
  if (name === 'dev') return
  const service = { cluster: `cartwright-${name}`, service: `cartwright-${name}-cart-api` }
  await new ECSClient(place).send(new UpdateServiceCommand({ ...service, desiredCount: 5 }))
  if (name !== 'prod') return
  await new DynamoDBClient(place).send(
    new UpdateTableCommand({
      TableName: `cartwright-${name}-carts`,
      ProvisionedThroughput: { ReadCapacityUnits: 700, WriteCapacityUnits: 300 },
    }),
  )
}

const step = (name: Name, what: string): Ended | undefined => lives.get(name)?.steps.get(what)
const inventory = (name: Name, moment: string) => lives.get(name)?.inventories.get(moment)
const ending = (text: string) => ({ code: 0, said: expect.stringMatching(new RegExp(`${text}\\n$`, 's')) })

describe.each(Object.keys(CHANGES) as Name[])('%s', (name) => {
  const here = `${name} in account ${ACCOUNT}, eu-west-1`

  test('is deployed, and tells where it is, and what comes next', () => {
    expect(step(name, 'bootstrap')).toEqual(ending('is ready'))
    expect(step(name, 'deploy')).toEqual(
      ending(
        `${here}: deployed\n.*\nservice_name = cartwright-${name}-cart-api\nno image has been released yet.*`,
      ),
    )
  })

  test('is then as it should be', () => {
    expect(step(name, 'diff')).toEqual(ending(`${here}: nothing to change`))
  })

  test('changes by one setting in nothing else', () => {
    const shown = step(name, 'diff of a change')

    expect({ code: shown?.code, changes: shown && changesSaid(shown) }).toEqual({
      code: 0,
      changes: CHANGES[name].shows,
    })
  })

  test('is destroyed, and tells what AWS keeps', () => {
    const { said = '' } = step(name, 'destroy') ?? {}
    const [, kept = ''] = /\nAWS keeps (.*)\n$/.exec(said) ?? []

    expect(step(name, 'destroy')).toEqual(ending(`${here}: gone\n.*`))
    expect(kept.split('; ').toSorted()).toEqual(KEPT[name].told)
    expect(inventory(name, 'destroyed')).toEqual({ ...inventory(name, 'before'), ...KEPT[name].found })
  })

  test('leaves no state on the machine', () => {
    expect(lives.get(name)?.machine.localStates()).toEqual([])
  })
})

const key = expect.stringMatching(/^the key [0-9a-f-]{36}, for \d+ days$/)
const deletedKey = expect.stringContaining('(to be deleted)')

/** What stays after the end: as it is told, and as it is found. */
const KEPT: Readonly<Record<Name, { readonly told: unknown; readonly found: object }>> = {
  dev: { told: [key], found: { 'kms eu-west-1 keys': [deletedKey] } },
  staging: {
    told: ['a system backup of the table cartwright-staging-carts, for 35 days', key],
    found: { 'kms eu-west-1 keys': [deletedKey] },
  },
  prod: {
    told: [
      'a system backup of the table cartwright-prod-carts, for 35 days',
      key,
      expect.stringMatching(/^the secret cartwright-prod-cart-redis-\w+, for 30 days$/),
      expect.stringMatching(/^the snapshot cartwright-prod-cart-\d+ of Redis, until you delete it$/),
    ],
    found: {
      'kms eu-west-1 keys': [deletedKey],
      'secretsmanager eu-west-1 secrets': [
        expect.stringMatching(/^cartwright-prod-cart-redis-\w+ \(to be deleted\)$/),
      ],
      'elasticache eu-west-1 snapshots': [expect.stringMatching(/^cartwright-prod-cart-\d+$/)],
    },
  },
}

test.each([
  ['staging', 'deploy of a change'],
  ['prod', 'deploy without protection'],
] as const)('%s is changed', (name, change) => {
  expect(step(name, change)).toEqual(ending(`${name} in account .*: deployed\n.*`))
})

test('what changes the service is not deployed while an alarm rings that would have to undo it', () => {
  expect(step('staging', 'deploy while an alarm rings')).toEqual({
    code: 1,
    said: expect.stringMatching(
      new RegExp(`deploy: ${ALARM} is in ALARM, .*; wanted: the alarm's end, or --despite-alarms`),
    ),
  })
})

test('what is gone has nothing to delete, and can be deployed again at once', () => {
  expect(step('prod', 'destroy again')).toEqual(ending(': nothing to delete'))
  expect(step('prod', 'second life')).toEqual(ending('prod in account .*: deployed\n.*'))
  expect(step('prod', 'diff in the second life')).toEqual(ending('nothing to change'))
})

test('what was only half made is finished where it may not be replaced', () => {
  expect(step('prod', 'deploy of what was half made')).toEqual({
    code: 0,
    said: expect.stringMatching(/terraform untaint aws_dynamodb_table\.\w+: .*: nothing to change\n/s),
  })
})

test.each(['staging', 'prod'] as const)('%s stays as it should be when scaling moves it', (name) => {
  expect(step(name, 'diff after scaling')).toEqual(ending('nothing to change'))
})

describe('the destroy of a protected environment', () => {
  const PROTECTED = ['aws_dynamodb_table.table_\\w+', 'aws_lb.load-balancer_\\w+']

  test.each(['refused destroy', 'destroy while AWS protects'])(
    'is refused, and names what is protected (%s)',
    (what) => {
      const { code, said = '' } = step('prod', what) ?? {}
      const [, named = ''] = /prod is protected: (.*); wanted: deletionProtection: false/.exec(said) ?? []

      expect(code).toBe(1)
      for (const one of PROTECTED) expect(named).toMatch(new RegExp(one))
    },
  )

  test('deletes nothing', () => {
    expect(inventory('prod', 'after refused destroys')).toEqual(inventory('prod', 'before a refused destroy'))
  })
})
