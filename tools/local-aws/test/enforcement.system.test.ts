import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { STS } from '@aws-sdk/client-sts'
import { type AccessKey, type LocalAws, startLocalAws } from '../src/index.ts'

const PATIENCE = 60_000
const ACCOUNT = '123456789012'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/task`
const KEY = { pk: { S: 'cart' } }

let aws: LocalAws
let proxy: Server | undefined
let admin: AccessKey
/** What the AWS SDK has of the role's. */
let task: { dynamodb: DynamoDB; secrets: SecretsManager; events: EventBridge }

beforeAll(async () => {
  aws = await startLocalAws()
  const arn = (service: string, resource: string) => `arn:aws:${service}:${aws.region}:${ACCOUNT}:${resource}`
  const free = { endpoint: aws.endpoint, region: aws.region, credentials: key('local') }
  const dynamodb = new DynamoDB(free)
  const secrets = new SecretsManager(free)
  for (const name of ['mine', 'other']) {
    await dynamodb.createTable({
      TableName: name,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    })
    await secrets.createSecret({ Name: name, SecretString: name })
    await new EventBridge(free).createEventBus({ Name: name })
  }
  await makeRole([
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      Resource: arn('dynamodb', 'table/mine'),
    },
    {
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: arn('secretsmanager', 'secret:mine-*'),
    },
    { Effect: 'Allow', Action: 'events:PutEvents', Resource: arn('events', 'event-bus/mine') },
  ])
  admin = await aws.enforce()
  const asAdmin = { endpoint: aws.endpoint, region: aws.region, credentials: { ...admin } }
  const { Credentials: given } = await new STS(asAdmin).assumeRole({ RoleArn: ROLE, RoleSessionName: 'api' })
  const credentials = {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  }
  const asTask = { ...asAdmin, credentials }
  proxy = await startProxy(aws.port)
  const { port } = proxy.address() as AddressInfo
  task = {
    dynamodb: new DynamoDB({ ...asTask, endpoint: `http://127.0.0.1:${port}` }),
    secrets: new SecretsManager(asTask),
    events: new EventBridge(asTask),
  }
}, PATIENCE)

afterAll(async () => {
  proxy?.close()
  proxy?.closeAllConnections()
  await aws.stop()
})

test('a role may do what its policy says, also through a proxy', async () => {
  const put = { Put: { TableName: 'mine', Item: KEY } }
  await task.dynamodb.transactWriteItems({ TransactItems: [put] })
  expect((await task.dynamodb.getItem({ TableName: 'mine', Key: KEY })).Item).toEqual(KEY)
  expect((await task.secrets.getSecretValue({ SecretId: 'mine' })).SecretString).toBe('mine')
  expect((await task.events.putEvents({ Entries: [entry('mine')] })).FailedEntryCount).toBe(0)
})

test('what a role was permitted is told, each by its own action and resource', async () => {
  const permitted = (action: string, resource: string) => ({
    principal: ROLE,
    action,
    resource: expect.stringContaining(resource),
    count: 1,
  })

  // Nothing of the admin, who has taken the role.
  expect(await aws.permissions()).toEqual([
    permitted('dynamodb:PutItem', ':table/mine'),
    permitted('dynamodb:GetItem', ':table/mine'),
    permitted('secretsmanager:GetSecretValue', ':secret:mine-'),
    permitted('events:PutEvents', ':event-bus/mine'),
  ])
})

test('everything else is refused by name, and remembered', async () => {
  const remove = { Delete: { TableName: 'mine', Key: KEY } }
  const table = `arn:aws:dynamodb:${aws.region}:${ACCOUNT}:table`
  const refusals = [
    [() => task.dynamodb.getItem({ TableName: 'other', Key: KEY }), 'dynamodb:GetItem', `${table}/other`],
    [
      () => task.dynamodb.transactWriteItems({ TransactItems: [remove] }),
      'dynamodb:DeleteItem',
      `${table}/mine`,
    ],
    [
      () => task.secrets.getSecretValue({ SecretId: 'other' }),
      'secretsmanager:GetSecretValue',
      ':secret:other-',
    ],
    [() => task.events.putEvents({ Entries: [entry('other')] }), 'events:PutEvents', ':event-bus/other'],
  ] as const
  for (const [refused, action, resource] of refusals) {
    await expect(refused()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        `task/api is not authorized to perform: ${action} on resource: .*${resource}`,
      ),
    })
  }

  expect(await aws.denials()).toEqual(
    refusals.map(([, action, resource]) => ({
      principal: ROLE,
      action,
      resource: expect.stringContaining(resource),
      count: 1,
    })),
  )
})

test('the admin stays the same, may do everything, and is not in the inventory', async () => {
  expect(await aws.enforce()).toEqual(admin)
  const dynamodb = new DynamoDB({ endpoint: aws.endpoint, region: aws.region, credentials: { ...admin } })
  expect((await dynamodb.getItem({ TableName: 'other', Key: KEY })).Item).toBeUndefined()
  const kinds = Object.keys(await aws.inventory()).filter((kind) => /^(iam|sts) /.test(kind))
  expect(kinds).toEqual(['iam aws roles'])
})

function entry(bus: string) {
  return { EventBusName: bus, Source: 'cart', DetailType: 'CartCheckedOut', Detail: '{}' }
}

function key(name: string): AccessKey {
  return { accessKeyId: name, secretAccessKey: name }
}

/** A role that AWS's services may take. */
async function makeRole(statements: readonly object[]): Promise<void> {
  const principal = { Service: 'ecs-tasks.amazonaws.com' }
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }
  await iam('CreateRole', { RoleName: 'task', AssumeRolePolicyDocument: policy([trust]) })
  await iam('PutRolePolicy', { RoleName: 'task', PolicyName: 'own', PolicyDocument: policy(statements) })
}

function policy(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements })
}

/** IAM's Query API, while nobody is checked. */
async function iam(action: string, parameters: Readonly<Record<string, string>>): Promise<void> {
  const scope = 'Credential=local/20260101/us-east-1/iam/aws4_request'
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0` },
    body: new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }),
  })
  expect(answer.status).toBe(200)
}

/** Hands everything on as it came: what was signed for the proxy is still signed for the proxy. */
async function startProxy(port: number): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
