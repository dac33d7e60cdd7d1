import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readInstance } from './instance.ts'

async function withEndpoint(listener: RequestListener, use: (uri: string) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v4/abc`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('on ECS the task and its zone are told', async () => {
  const arn = 'arn:aws:ecs:eu-central-1:111122223333:task/cartwright/0123456789abcdef'
  await withEndpoint(
    (request, response) => {
      response.statusCode = request.url === '/v4/abc/task' ? 200 : 404
      response.end(JSON.stringify({ TaskARN: arn, AvailabilityZone: 'eu-central-1a' }))
    },
    async (uri) => {
      const instance = await readInstance(uri, () => undefined)

      expect(instance).toMatchObject({ id: '0123456789abcdef', taskArn: arn, zone: 'eu-central-1a' })
    },
  )
})

test('elsewhere every process has an id of its own', async () => {
  const [one, two] = await Promise.all([readInstance(undefined, fail), readInstance('', fail)])

  expect(one?.id).not.toBe(two?.id)
  expect(one).not.toHaveProperty('taskArn')
})

test.each<[string, RequestListener]>([
  ['fails', (_request, response) => response.writeHead(500).end()],
  ['answers with something else', (_request, response) => response.end('<html>')],
])('a metadata endpoint that %s is told of, and the process starts', async (_how, listener) => {
  await withEndpoint(listener, async (uri) => {
    const warnings: string[] = []

    const instance = await readInstance(uri, (message) => warnings.push(message))

    expect(instance.id).not.toBe('')
    expect(warnings).toHaveLength(1)
  })
})

function fail(message: string): void {
  throw new Error(message)
}
