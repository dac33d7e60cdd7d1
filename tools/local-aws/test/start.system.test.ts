import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ACM } from '@aws-sdk/client-acm'
import { Route53 } from '@aws-sdk/client-route-53'
import { STS } from '@aws-sdk/client-sts'
import { identityAt } from '../src/emulator.ts'
import { startLocalAws } from '../src/index.ts'

const PATIENCE = 60_000

test(
  'two of them are two empty accounts on two ports, and what is made in one is in its inventory',
  async () => {
    const [one, other] = await Promise.all([startLocalAws(), startLocalAws()])

    const form = { 'content-type': 'application/x-www-form-urlencoded', authorization: signedFor('sqs') }
    const created = await fetch(one.endpoint, {
      method: 'POST',
      headers: form,
      body: 'Action=CreateQueue&QueueName=mine&Version=2012-11-05',
    })

    expect(created.status).toBe(200)
    expect(one.port).not.toBe(other.port)
    expect(await one.inventory()).toEqual({ 'sqs eu-west-1 queues': ['mine'] })
    expect(await other.inventory()).toEqual({})
    await Promise.all([one.stop(), other.stop()])
    expect(await identityAt(one.endpoint)).toBeUndefined()
  },
  PATIENCE,
)

test(
  'a port that is taken is said',
  async () => {
    const one = await startLocalAws()

    await expect(startLocalAws({ port: one.port })).rejects.toThrow(
      `port ${one.port} of 127.0.0.1 cannot be used`,
    )
    await one.stop()
  },
  PATIENCE,
)

test(
  'a report of a service that was never there is refused, and findings that no scan can have',
  async () => {
    const aws = await startLocalAws({ region: 'eu-central-1' })
    const service = 'arn:aws:ecs:eu-central-1:123456789012:service/none/app'

    await expect(aws.reportService({ service })).rejects.toThrow(`there is no service ${service}`)
    const findings = { repositoryName: 'api', severities: { SEVERE: 1 } }
    await expect(aws.giveFindings(findings)).rejects.toThrow('there is no severity SEVERE; wanted: CRITICAL')
    await aws.giveFindings({ ...findings, severities: { CRITICAL: 1 } })
    expect(await aws.inventory()).toEqual({})
    expect(aws.region).toBe('eu-central-1')
    expect(aws.environment['AWS_REGION']).toBe('eu-central-1')
    await aws.stop()
  },
  PATIENCE,
)

test(
  'a gap that there is no row for cannot be left open',
  async () => {
    await expect(startLocalAws({ leaveOpen: ['sideways'] })).rejects.toThrow('gaps.json has no row sideways')
  },
  PATIENCE,
)

test(
  'it goes with the process that started it, also one that is killed',
  async () => {
    const program = `
      import { startLocalAws } from ${JSON.stringify(path.join(import.meta.dirname, '../src/index.ts'))}
      console.log((await startLocalAws()).endpoint)
      setInterval(() => {}, 1000)
    `
    const starter = spawn(process.execPath, ['--input-type=module-typescript', '-e', program])
    const [line] = (await once(starter.stdout.setEncoding('utf8'), 'data')) as [string]
    const endpoint = line.trim()
    expect(await identityAt(endpoint)).toBeDefined()

    starter.kill('SIGKILL')

    while ((await identityAt(endpoint)) !== undefined) await sleep(20)
  },
  PATIENCE,
)

/** As much of a signature as is looked at. */
function signedFor(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
}

test(
  "what the account's owner has from before is there by the ids that an environment names, in that account",
  async () => {
    const account = '210987654321'
    const arn = `arn:aws:acm:eu-west-1:${account}:certificate/00000000-0000-4000-8000-000000000000`
    const aws = await startLocalAws({ account })
    const place = { endpoint: aws.endpoint, region: 'eu-west-1' }
    const settings = { ...place, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }

    await aws.give({
      hostedZones: [{ id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' }],
      certificates: [{ arn, names: ['shop.example.com', '*.example.com'] }],
    })

    const { Account } = await new STS(settings).getCallerIdentity({})
    const { HostedZone } = await new Route53(settings).getHostedZone({ Id: 'Z0123456789ABCDEFGHIJ' })
    const { Certificate } = await new ACM(settings).describeCertificate({ CertificateArn: arn })
    expect(Account).toBe(account)
    expect(HostedZone?.Name).toBe('example.com.')
    expect(Certificate).toMatchObject({
      Status: 'ISSUED',
      SubjectAlternativeNames: expect.arrayContaining(['shop.example.com', '*.example.com']),
    })
    expect(await aws.inventory()).toEqual({})
    await aws.stop()
  },
  PATIENCE,
)

test('a call whose answer was lost is not carried out once more', async () => {
  const aws = await startLocalAws()
  try {
    const send = async (call: string, attempt: number): Promise<Response> =>
      fetch(aws.endpoint, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-amz-json-1.1',
          'X-Amz-Target': 'secretsmanager.CreateSecret',
          Authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${aws.region}/secretsmanager/aws4_request`,
          // As the SDKs send them: the same id with each attempt.
          'amz-sdk-invocation-id': call,
          'amz-sdk-request': `attempt=${attempt}; max=3`,
        },
        body: JSON.stringify({ Name: 'token', SecretString: 'secret' }),
      })

    const first = await send('one', 1)
    const again = await send('one', 2)
    const other = await send('another', 1)

    expect([first.status, again.status, other.status]).toEqual([200, 200, 400])
    expect(await again.text()).toBe(await first.text())
    expect(aws.lastWords()).toContain('secretsmanager.CreateSecret: its answer was lost, and is given again')
  } finally {
    await aws.stop()
  }
}, 60_000)
