import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { CartId } from '@cartwright/cart-domain'
import {
  type HttpFaultProxy,
  type RedisServer,
  startHttpFaultProxy,
  startRedis,
} from '@cartwright/test-servers'
import { createClient } from '@redis/client'
import { adding, call, change, expectWritten, fresh } from '../contract/builders.ts'
import type { CartStore } from '../port.ts'
import { parseSecret, secretCredentials } from './secret.ts'
import { openRedisStore } from './store.ts'

describe('the password in Secrets Manager', () => {
  let server: RedisServer
  let secretsManager: HttpFaultProxy
  let secret: string
  let reads: number
  let store: CartStore

  beforeEach(async () => {
    secret = 'first'
    reads = 0
    server = await startRedis({ args: ['--requirepass', 'first'] })
    // Nothing is behind it: it answers everything itself, in the shape of GetSecretValue.
    secretsManager = await startHttpFaultProxy('http://127.0.0.1:1')
    secretsManager.set(() => {
      reads += 1
      return { does: 'answer', answer: { status: 200, body: JSON.stringify({ SecretString: secret }) } }
    })
    store = await openRedisStore({ url: server.url, credentials: credentials() })
  })
  afterEach(async () => {
    await store.close()
    await secretsManager.stop()
    await server.stop()
  })

  function credentials() {
    return secretCredentials({
      arn: 'redis-password',
      client: {
        endpoint: secretsManager.url,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      },
    })
  }

  /** As an operator with the given password. */
  async function operate(password: string, ...commands: string[][]): Promise<void> {
    const operator = createClient({ url: server.url, password })
    operator.on('error', () => undefined)
    await operator.connect()
    for (const command of commands) await operator.sendCommand(command)
    operator.destroy()
  }

  test('opens the connection, and is read once', async () => {
    const { commit } = await change(store, fresh<CartId>(), adding())

    await expectWritten(store, commit)
    expect(reads).toBe(1)
  })

  test('may be rotated while the process runs: the connection goes on, the next one takes the new password', async () => {
    const { commit } = await change(store, fresh<CartId>(), adding())
    secret = 'second'
    await operate('first', ['CONFIG', 'SET', 'requirepass', 'second'])
    await expectWritten(store, commit)
    expect(reads).toBe(1)

    await operate('second', ['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
    await expectWritten(store, commit)

    expect(reads).toBe(2)
  })

  test('that is wrong opens nothing, until it is right', async () => {
    await store.close()
    secret = 'wrong'
    const warnings: string[] = []
    store = await openRedisStore({
      url: server.url,
      credentials: credentials(),
      warn: (message) => warnings.push(message),
    })
    await expect(store.read(fresh(), { ...call(), deadline: performance.now() + 300 })).rejects.toMatchObject(
      { outcome: 'none', reason: 'unreachable' },
    )
    expect(warnings.join()).toContain('WRONGPASS')

    secret = '{"username": "default", "password": "first"}'

    expect(await store.read(fresh(), call())).toMatchObject({ version: 0 })
    expect(warnings.join()).not.toContain('wrong')
  }, 15_000)
})

test.each([
  ['plain text', 'p4ss', { password: 'p4ss' }],
  ['JSON', '{"password":"p4ss"}', { password: 'p4ss' }],
  ['JSON with a user', '{"username":"cart","password":"p4ss"}', { username: 'cart', password: 'p4ss' }],
])('a secret may be %s', (_, text, wanted) => {
  expect(parseSecret(text)).toEqual(wanted)
})

test.each(['', '{"passwort":"p4ss"}', '{"password":""}', '{p4ss'])('the secret %j is refused', (text) => {
  expect(() => parseSecret(text)).toThrow(/^the secret (?!.*p4ss)/)
})

test('TLS: a server is believed by its certificate, and by nothing else', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'redis-tls-'))
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  )
  const tls = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert]
  const server = await startRedis({ tls: [...tls, '--tls-auth-clients', 'no'] })
  const url = `rediss://127.0.0.1:${server.port}`
  // A process of its own: certificates that are trusted beside the usual ones are read at its start.
  const program = `
    import { openRedisStore } from ${JSON.stringify(path.join(import.meta.dirname, 'store.ts'))}
    const store = await openRedisStore({ url: process.argv[1] })
    await store.check({ now: Date.now(), deadline: performance.now() + 1000 }).catch((error) => {
      console.log(String(error))
      process.exit(1)
    })
    process.exit(0)
  `
  const run = (environment: NodeJS.ProcessEnv) => {
    return execFileSync(process.execPath, ['--input-type=module-typescript', '-e', program, url], {
      env: { PATH: process.env['PATH'], ...environment },
      encoding: 'utf8',
    })
  }

  expect(run({ NODE_EXTRA_CA_CERTS: cert })).toBe('')
  expect(() => run({})).toThrow()

  await server.stop()
  rmSync(folder, { recursive: true })
}, 20_000)
