import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createServer, type Server } from 'node:tls'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { writeNetwork } from './network.ts'

const VIEW = path.join(__dirname, 'view.ts')
const run = promisify(execFile)

let folder: string
let server: Server

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'network-view-'))
  const subject = ['-subj', '/CN=redis.example', '-addext', 'subjectAltName=DNS:redis.example']
  const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'ca.pem')]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, ...files, ...subject], { stdio: 'ignore' })
  const [privateKey, cert] = ['key.pem', 'ca.pem'].map((name) => readFileSync(path.join(folder, name)))
  server = createServer({ key: privateKey, cert }, (socket) => socket.end('found'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What a program in a task prints. */
async function inTask(program: string): Promise<string> {
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  const routes = { 'redis.example:6379': { host: '127.0.0.1', port } }
  const view = pathToFileURL(VIEW)
  view.searchParams.set('view', writeNetwork(folder, { address: '127.0.0.1', ports: { 80: port }, routes }))
  const { stdout } = await run(process.execPath, ['--import', view.href, '--eval', program], {
    env: { NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem') },
    timeout: 10_000,
  })
  return stdout.trim()
}

const READ =
  "socket.on('data', (data) => console.log(String(data))).on('error', ({ code }) => console.log(code))"

test('a certificate is checked for the declared name, wherever that leads', async () => {
  const program = (host: string): string =>
    `const socket = require('node:tls').connect({ host: '${host}', port: 6379 }); ${READ}`

  expect(await inTask(program('redis.example'))).toBe('found')
})

test('a declared name has an address for whoever looks it up, and an unknown one has none', async () => {
  const program = (host: string): string =>
    `require('node:dns/promises').lookup('${host}').then(({ address }) => console.log(address), ({ code }) => console.log(code));` +
    `require('node:dns').lookup('${host}', (error, address) => console.log(error?.code ?? address))`

  expect(await inTask(program('redis.example'))).toBe('127.0.0.1\n127.0.0.1')
  expect(await inTask(program('unknown.invalid'))).not.toContain('127.0.0.1')
})

test('every way to connect to its own port is the same', async () => {
  const ways = [
    'connect(80)',
    "connect(80, 'localhost')",
    "connect({ host: '127.0.0.1', port: '80' })",
    'connect({ port: 80 }, () => undefined)',
    "createConnection(80, '127.0.0.1', () => undefined)",
    "Socket().connect(80, '127.0.0.1')",
  ]
  for (const way of ways) {
    const socket = `new net.${way}`.replace('new net.c', 'net.c')
    const program = `const net = require('node:net'); const socket = ${socket}; socket.on('connect', () => { console.log(socket.remotePort); socket.destroy() }).on('error', ({ code }) => console.log(code))`
    const { port } = server.address() as AddressInfo
    expect({ way, port: await inTask(program) }).toEqual({ way, port: String(port) })
  }
})

test.each([
  ['listen(80)', '127.0.0.1'],
  ["listen(80, '0.0.0.0')", '127.0.0.1'],
  ["listen('80', () => undefined)", '127.0.0.1'],
  ["listen({ port: 80, host: '::' })", '127.0.0.1'],
])('%s is the address and port that the task has', async (way, address) => {
  // The port is taken here, which tells where it would have listened.
  const program = `require('node:net').createServer().${way}.on('error', ({ code, address, port }) => console.log(code, address, port))`
  const { port } = server.address() as AddressInfo

  expect(await inTask(program)).toBe(`EADDRINUSE ${address} ${port}`)
})

test('a path is no port', async () => {
  const file = path.join(folder, 'socket')
  const program = `const net = require('node:net'); const server = net.createServer((socket) => socket.end('by path')).listen('${file}', () => { const socket = net.connect('${file}'); ${READ}; socket.on('close', () => server.close()) })`

  expect(await inTask(program)).toBe('by path')
})
