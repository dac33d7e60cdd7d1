import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import type { HealthCheckConfiguration } from '../declared/configuration.ts'
import { group } from '../test/declared.ts'
import { type CheckResult, checkHealth, type Place } from './health-check.ts'

const check: HealthCheckConfiguration = { ...group().healthCheck, timeout: 0.3 }

/** Checks once, and waits for the result. */
function checkAt(place: Place, check: HealthCheckConfiguration): Promise<CheckResult> {
  return checkHealth(place, check, new AbortController().signal)
}

/** Checks a server that answers so, once. */
async function checked(
  answer: RequestListener,
  changes: Partial<HealthCheckConfiguration> = {},
): Promise<CheckResult> {
  const server = createServer(answer)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  const result = await checkAt({ host: '127.0.0.1', port }, { ...check, ...changes })
  server.closeAllConnections()
  await once(server.close(), 'close')
  return result
}

test('a check is a GET of the path, with address and port as host, on a connection of its own', async () => {
  const seen: unknown[] = []
  const result = await checked((incoming, outgoing) => {
    const { method, url, headers } = incoming
    seen.push(method, url, headers['user-agent'], headers.connection)
    expect(headers.host).toBe(`127.0.0.1:${incoming.socket.localPort}`)
    outgoing.end()
  })

  expect(result).toEqual({ is: 'success' })
  expect(seen).toEqual(['GET', '/ready', 'ELB-HealthChecker/2.0', 'close'])
})

test('the declared statuses are successes, others are told', async () => {
  const noContent: RequestListener = (_, outgoing) => void outgoing.writeHead(204).end()

  expect(await checked(noContent)).toEqual({ is: 'wrong-status', status: 204 })
  expect(await checked(noContent, { matcher: '200-299' })).toEqual({ is: 'success' })
})

test('no answer in time is a timeout', async () => {
  expect(await checked(() => undefined)).toEqual({ is: 'timeout' })
})

test('where nobody listens, or somebody closes, it is a failure', async () => {
  expect(await checkAt({ host: '127.0.0.1', port: 1 }, check)).toEqual({ is: 'failure' })
  expect(await checked((incoming) => void incoming.socket.destroy())).toEqual({ is: 'failure' })
})

test('a port of its own is asked instead of that of the requests', async () => {
  const server = createServer((_, outgoing) => void outgoing.end())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo

  expect(await checkAt({ host: '127.0.0.1', port: 1 }, { ...check, port })).toEqual({ is: 'success' })
  server.closeAllConnections()
  await once(server.close(), 'close')
})

test('what is no HTTP is a failure', async () => {
  const server = createTcpServer((socket) =>
    socket.on('data', () => socket.destroySoon()).write('hello\r\n\r\n'),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo

  expect(await checkAt({ host: '127.0.0.1', port }, check)).toEqual({ is: 'failure' })
  await once(server.close(), 'close')
})

test('one that is aborted ends its request at once', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  const abort = new AbortController()
  const result = checkHealth({ host: '127.0.0.1', port }, { ...check, timeout: 60 }, abort.signal)
  await once(server, 'request')

  abort.abort()

  expect(await result).toEqual({ is: 'failure' })
  await once(server.close(), 'close')
})
