import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { ACCOUNT, STATE_BUCKET as BUCKET, Machine, until } from './machine.ts'

// What stops a deploy before it changes anything, each by a line that says what is wanted.

const TABLE = 'cartwright-tfstate-locks'
const STATE = 'states/dev.tfstate'
/** It tells of what hangs: other programs keep the machine busy. */
const PATIENCE = 5 * 60_000

let machine: Machine

beforeAll(async () => {
  machine = await Machine.start()
}, PATIENCE)

afterAll(async () => await machine.end())

const refusal = (program: string, text: string | RegExp) => ({
  code: 1,
  said: expect.stringMatching(text instanceof RegExp ? text : new RegExp(`^${program}: ${text}\n$`)),
})

describe('before there is a state backend', () => {
  test('an environment that nobody has written is refused with those that there are', async () => {
    expect(await machine.run('deploy', ['pord'])).toEqual(
      refusal('deploy', 'there is no environment "pord"; wanted: dev, prod, staging'),
    )
  })

  test('what only the user knows is asked for by name, for the environment that needs it alone', async () => {
    const { code, said } = await machine.run('deploy', ['prod'])

    expect(code).toBe(1)
    for (const field of ['domainName', 'jwtIssuer', 'jwtAudience', 'jwtJwksUrl']) {
      expect(said).toMatch(
        new RegExp(`${field} of prod is missing; wanted: .*, in environments/prod.ts or CARTWRIGHT_PROD_`),
      )
    }
    // It gets as far as AWS.
    expect(await machine.run('diff', ['dev'])).toEqual(refusal('diff', '.*npm run bootstrap'))
  })

  test('credentials of another account are refused', async () => {
    const variables = { CARTWRIGHT_DEV_ACCOUNT_ID: '999999999999' }

    expect(await machine.run('deploy', ['dev'], variables)).toEqual(
      refusal('deploy', `the credentials are of account ${ACCOUNT}; wanted: 999999999999 \\(dev\\)`),
    )
  })

  test('the command that makes the state backend is named', async () => {
    expect(await machine.run('deploy', ['dev'])).toEqual(
      refusal(
        'deploy',
        `account ${ACCOUNT} has no state backend in eu-west-1 \\(the bucket ${BUCKET} and the table ${TABLE}\\); wanted: npm run bootstrap`,
      ),
    )
  })

  test('a command line that makes no sense is told with the help', async () => {
    expect(await machine.run('destroy', ['dev', '--force'])).toEqual(
      refusal('destroy', /^Unknown option '--force'.*npm run destroy -- <environment>/s),
    )
  })

  afterAll(async () => expect(await machine.aws.inventory()).toEqual({}))
})

describe('with a state backend', () => {
  beforeAll(async () => {
    expect(await machine.run('bootstrap')).toMatchObject({ code: 0 })
  }, PATIENCE)

  test('what is not deployed has no outputs, and nothing to destroy', async () => {
    expect(await machine.run('output', ['dev'])).toEqual(
      refusal('output', 'dev is not deployed; wanted: npm run deploy -- dev'),
    )
    expect(await machine.run('destroy', ['dev'])).toEqual({
      code: 0,
      said: expect.stringContaining('nothing to delete'),
    })
  })

  test('a diff shows all that a deploy would make, tells it by its exit code where asked, and makes nothing', async () => {
    const before = await machine.aws.inventory()

    const { code, said } = await machine.run('diff', ['dev', '--exit-code'])

    expect(code).toBe(2)
    expect(said.match(/^ {2}\+ aws_/gm)?.length).toBeGreaterThan(70)
    expect(await machine.aws.inventory()).toEqual(before)
  })

  test('two commands at once on one machine do not take each other’s plan', async () => {
    const first = machine.start('diff', ['dev'])
    await until(() => first.said().includes('terraform'))

    const second = await machine.run('deploy', ['dev'])

    expect(second).toEqual(
      refusal(
        'deploy',
        `process ${first.child.pid} works in ${machine.stack('dev')} at the moment; wanted: its end`,
      ),
    )
    expect(await first.ended).toMatchObject({ code: 0 })
  })

  test(
    'a lock in the bucket or in the table is somebody’s until its id is named',
    async () => {
      const lock = {
        ID: 'its-id',
        Who: 'ann@there',
        Operation: 'OperationTypePlan',
        Created: new Date().toISOString(),
      }
      const Info = JSON.stringify({ ...lock, ID: 'older-id' })
      const dynamodb = new DynamoDBClient(machine.place)
      const row = (LockID: string, more = {}) => ({ LockID: { S: LockID }, ...more })
      await new S3Client(machine.place).send(
        new PutObjectCommand({ Bucket: BUCKET, Key: `${STATE}.tflock`, Body: JSON.stringify(lock) }),
      )
      const locked = await machine.run('diff', ['dev'])
      const Item = row(`${BUCKET}/${STATE}`, { Info: { S: Info } })
      await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }))
      const lockedInTable = await machine.run('diff', ['dev', '--unlock', 'its-id'])
      await dynamodb.send(new DeleteItemCommand({ TableName: TABLE, Key: row(`${BUCKET}/${STATE}`) }))
      const freed = await machine.run('diff', ['dev', '--unlock', 'its-id'])
      await dynamodb.send(new PutItemCommand({ TableName: TABLE, Item }))
      const freedInTable = await machine.run('diff', ['dev', '--unlock', 'older-id'])

      const said = (id: string): string =>
        `the state is locked \\(${id}, plan of ann@there, \\d+ s old\\); wanted: its end or, if it has ended, --unlock ${id}`
      expect(locked).toEqual(refusal('diff', said('its-id')))
      expect(freed).toMatchObject({
        code: 0,
        said: expect.stringContaining('freed the lock of an interrupted run'),
      })
      expect(lockedInTable).toEqual(refusal('diff', said('older-id')))
      expect(freedInTable).toMatchObject({ code: 0 })
    },
    PATIENCE,
  )

  test(
    'a digest that a killed run did not note keeps nobody from the state',
    async () => {
      const dynamodb = new DynamoDBClient(machine.place)
      const LockID = { S: `${BUCKET}/${STATE}-md5` }
      await dynamodb.send(
        new PutItemCommand({
          TableName: TABLE,
          Item: { LockID, Digest: { S: '0'.repeat(32) } },
        }),
      )

      const stuck = await machine.run('diff', ['dev'])
      const recovered = await machine.run('diff', ['dev', '--recover'])

      expect(stuck).toMatchObject({ code: 1, said: expect.stringContaining('--recover') })
      expect(recovered).toMatchObject({ code: 0, said: expect.stringContaining('corrected the digest') })
      const { Item } = await dynamodb.send(new GetItemCommand({ TableName: TABLE, Key: { LockID } }))
      expect(Item).toBeUndefined()
    },
    PATIENCE,
  )

  test(
    'a state that could not be written is brought home by the next run',
    async () => {
      // What Terraform leaves when the bucket cannot be reached at the end of an apply.
      const state = {
        version: 4,
        terraform_version: '1.11.0',
        serial: 7,
        lineage: 'its-own',
        outputs: {},
        resources: [],
      }
      machine.write('dev', 'errored.tfstate', JSON.stringify(state))

      const { said } = await machine.run('diff', ['dev'])

      expect(said).toContain('brought a state to the bucket that an earlier run could not write')
      expect(machine.localStates()).toEqual([])
    },
    PATIENCE,
  )

  test('the state is never written here', () => {
    expect(readFileSync(path.join(machine.stack('dev'), 'cdk.tf.json'), 'utf8')).toContain(STATE)
    expect(machine.localStates()).toEqual([])
  })
})
