import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Target, type TargetOptions } from './target.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'smoke-tls-'))
const servers: Server[] = []
let cert: string
let key: string
beforeAll(async () => {
  await promisify(execFile)(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2'],
      ...['-keyout', 'key.pem', '-out', 'cert.pem', '-subj', '/CN=Smoke', '-sha256'],
      ...['-addext', 'subjectAltName=DNS:shop.example.com'],
    ],
    { cwd: folder },
  )
  cert = readFileSync(path.join(folder, 'cert.pem'), 'utf8')
  key = readFileSync(path.join(folder, 'key.pem'), 'utf8')
})
afterAll(async () => {
  for (const server of servers) await once(server.close(), 'close')
  rmSync(folder, { recursive: true })
})

async function listening(server: Server): Promise<number> {
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  return (server.address() as AddressInfo).port
}

/** Tells back what it was asked for, in TLS as in HTTP. */
function mirror(): Promise<number> {
  return listening(
    createServer({ cert, key }, ({ headers, socket }, outgoing) => {
      // The socket of a server of TLS.
      const { servername } = socket as typeof socket & { servername?: string | false }
      outgoing.end(JSON.stringify({ host: headers.host, agent: headers['user-agent'], servername }))
    }),
  )
}

async function ask(options: Omit<TargetOptions, 'timeout'> & { readonly timeout?: number }) {
  const target = new Target({ timeout: 10, ...options })
  try {
    return await target.ask({ path: '/cart' })
  } finally {
    target.close()
  }
}

test('a host that listens elsewhere hears its own name, in TLS and as Host, without the other port', async () => {
  const connectTo = { host: '127.0.0.1', port: await mirror() }

  const { body } = await ask({ url: 'https://shop.example.com', ca: cert, connectTo })
  expect(body).toEqual({
    host: 'shop.example.com',
    agent: 'cartwright-smoke',
    servername: 'shop.example.com',
  })
  const { body: other } = await ask({ url: 'https://shop.example.com:4443', ca: cert, connectTo })
  expect(other).toMatchObject({ host: 'shop.example.com:4443' })
})

test('a certificate of nobody that is trusted, or of another host, is refused', async () => {
  const connectTo = { host: '127.0.0.1', port: await mirror() }

  await expect(ask({ url: 'https://shop.example.com', connectTo })).rejects.toThrow(
    /no answer: self-signed certificate/,
  )
  await expect(ask({ url: 'https://other.example.com', ca: cert, connectTo })).rejects.toThrow(
    /does not match certificate's altnames/,
  )
  await expect(ask({ url: 'https://127.0.0.1', ca: cert, connectTo })).rejects.toThrow(/no answer: .*127/)
})

test('an answer that does not come is waited for no longer than is said', async () => {
  const port = await listening(createTcpServer((socket) => void socket.on('error', () => undefined).resume()))

  await expect(ask({ url: `http://127.0.0.1:${port}`, timeout: 0.1 })).rejects.toThrow(
    'seen: no answer: nothing came within 0.1 s; wanted: an answer',
  )
})
