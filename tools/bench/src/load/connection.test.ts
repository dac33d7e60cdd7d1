import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { openConnection } from './connection.ts'

const REQUEST = 'GET /cart HTTP/1.1\r\nHost: test\r\n\r\n'
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'

let server: Server | undefined
const sockets: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  const closing = server
  if (closing !== undefined) await new Promise((resolve) => closing.close(resolve))
})

/** Answers the n-th request as `answer` does; a failure of the client resolves `failure`. */
async function converse(answer: (socket: Socket, request: number) => void) {
  let requests = 0
  const received: string[] = []
  const listening = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.setEncoding('utf8').on('data', (text: string) => {
      received.push(text)
      requests += 1
      answer(socket, requests)
    })
  })
  server = listening
  await once(listening.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = listening.address() as AddressInfo
  let answers = 0
  const { promise: failure, resolve: failed } = Promise.withResolvers<string>()
  openConnection({
    url: `http://127.0.0.1:${port}`,
    request: REQUEST,
    answered: () => {
      answers += 1
    },
    failed,
  })
  return { failure, received, answers: () => answers }
}

test('the request is sent again as soon as it is answered, until something goes wrong', async () => {
  const { failure, received, answers } = await converse((socket, request) => {
    if (request <= 3) socket.write(ANSWER)
    else socket.end()
  })

  expect(await failure).toBe('the server has closed the connection')
  expect(answers()).toBe(3)
  expect(received).toEqual([REQUEST, REQUEST, REQUEST, REQUEST])
})

test('an answer that comes in pieces counts once, when it is complete', async () => {
  const pieces = async (socket: Socket): Promise<void> => {
    for (const piece of ['HTTP/1.1 200 OK\r\nConte', 'nt-Length: 5\r\n', '\r\nhe', 'llo']) {
      socket.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  const { failure, answers } = await converse((socket, request) => {
    if (request === 1) void pieces(socket)
    else socket.end()
  })

  await failure
  expect(answers()).toBe(1)
})

test('bytes of the body are counted, not characters', async () => {
  const { failure, answers } = await converse((socket, request) => {
    if (request === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n36–8')
    else socket.end()
  })

  await failure
  expect(answers()).toBe(1)
})

test.each([
  [
    'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n',
    'got the answer "HTTP/1.1 503 Service Unavailable"; wanted: a status of 2xx',
  ],
  ['HTTP/1.1 200 OK\r\n\r\n', 'got an answer without Content-Length'],
])('%j ends the load', async (answer, reason) => {
  const { failure, answers } = await converse((socket) => void socket.write(answer))

  expect(await failure).toBe(reason)
  expect(answers()).toBe(0)
})
