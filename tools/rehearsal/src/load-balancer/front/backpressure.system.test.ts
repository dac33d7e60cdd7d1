import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { RawClient } from '../test/client.ts'
import { balancer } from '../test/declared.ts'
import { Stage, until } from '../test/stage.ts'

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})
afterEach(() => stage.stop())

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x')
/** More than all buffers of two connections hold. */
const MUCH = 64

test('a client that does not read holds the target up', async () => {
  await stage.start(balancer())
  let written = 0
  await stage.target('a', (_, outgoing) => {
    const writeOn = (): void => {
      while (written < MUCH) {
        written += 1
        if (!outgoing.write(MEGABYTE)) return void outgoing.once('drain', writeOn)
      }
      outgoing.end()
    }
    writeOn()
  })
  const client = new RawClient(stage.port)
  client.socket.pause()
  client.send('GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n')

  await until(() => written > 0)
  await standsStill(() => written)
  expect(written).toBeLessThan(MUCH / 2)
  client.socket.resume()
  await client.closed
  expect(client.received.length).toBeGreaterThan(MUCH * MEGABYTE.length)
})

test('a target that does not read holds the client up', async () => {
  await stage.start(balancer())
  let read = 0
  let goOn = (): void => undefined
  await stage.target('a', (incoming, outgoing) => {
    goOn = () => {
      incoming.on('data', (part: Buffer) => {
        read += part.length
      })
      incoming.on('end', () => outgoing.end('done'))
    }
  })
  const onward = request({ host: '127.0.0.1', port: stage.port, method: 'POST', agent: new Agent() })
  onward.flushHeaders()
  let written = 0
  const writeOn = (): void => {
    while (written < MUCH) {
      written += 1
      if (!onward.write(MEGABYTE)) return void onward.once('drain', writeOn)
    }
    onward.end()
  }
  writeOn()

  await standsStill(() => written)
  expect(written).toBeLessThan(MUCH / 2)
  goOn()
  const [answer] = (await once(onward, 'response')) as [IncomingMessage]
  expect(await text(answer)).toBe('done')
  expect(read).toBe(MUCH * MEGABYTE.length)
})

/** Waits until a number has not changed for a while. */
async function standsStill(value: () => number): Promise<void> {
  for (let before = -1; before !== value(); ) {
    before = value()
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
}
