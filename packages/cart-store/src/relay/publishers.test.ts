import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import type { CartEvent } from '@cartwright/cart-domain'
import { fresh, NOW } from '../contract/builders.ts'
import { EventBridgePublisher } from './eventbridge-publisher.ts'
import { LogPublisher } from './log-publisher.ts'
import type { Publisher } from './publisher.ts'
import { WebhookPublisher } from './webhook-publisher.ts'

function newEvent(owner = 'ann'): CartEvent {
  return {
    id: fresh(),
    schemaVersion: 1,
    cartId: fresh(),
    incarnation: fresh(),
    version: 1,
    index: 0,
    occurredAt: new Date(NOW).toISOString(),
    type: 'cart-claimed',
    // Any text is a user's id.
    data: { owner: owner as never },
  }
}

describe('a log', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'event-log-'))
    file = path.join(folder, 'below', 'events.ndjson')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const lines = (name: string) =>
    readFileSync(name, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  test('has a line for each event, after those that were there', async () => {
    const events = [newEvent(), newEvent('zoë\n'), newEvent()]
    const first = new LogPublisher({ file })
    expect(await first.publish(events.slice(0, 2))).toEqual([])
    await first.close()

    const second = new LogPublisher({ file })
    await second.publish(events.slice(2))
    await second.close()

    expect(lines(file)).toEqual(events)
  })

  test('goes on in a line of its own where somebody died in the middle of one', async () => {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, '{"id":"ha')
    const publisher = new LogPublisher({ file })
    const event = newEvent()

    await publisher.publish([event])
    await publisher.close()

    expect(readFileSync(file, 'utf8')).toBe(`{"id":"ha\n${JSON.stringify(event)}\n`)
  })

  test('begins anew when it is full, and keeps the one before', async () => {
    const publisher = new LogPublisher({ file, rotateAt: 1_000 })
    const events = Array.from({ length: 12 }, () => newEvent())
    for (const event of events) await publisher.publish([event])
    await publisher.close()

    const kept = [...lines(`${file}.1`), ...lines(file)]
    expect(kept).toEqual(events.slice(-kept.length))
    expect(kept.length).toBeLessThan(events.length)
  })

  test('that cannot be written fails, and is tried again', async () => {
    mkdirSync(file, { recursive: true })
    const publisher = new LogPublisher({ file })
    await expect(publisher.publish([newEvent()])).rejects.toThrow('EISDIR')

    rmSync(file, { recursive: true })
    const event = newEvent()
    await publisher.publish([event])
    await publisher.close()

    expect(lines(file)).toEqual([event])
  })
})

describe('over HTTP', () => {
  let server: Server
  let url: string
  let received: { readonly path: string; readonly headers: object; readonly body: unknown }[]
  let answer: { status: number; body: string }
  let publisher: Publisher
  beforeEach(async () => {
    received = []
    answer = { status: 204, body: '' }
    server = createServer(async (incoming, outgoing) => {
      const body = JSON.parse(await text(incoming))
      received.push({ path: `${incoming.method} ${incoming.url}`, headers: incoming.headers, body })
      if (answer.status === 0) return
      outgoing.writeHead(answer.status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(answer.body)
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    // A TCP server's address is never a path.
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    await publisher.close()
    server.closeAllConnections()
    server.close()
  })

  describe('a webhook', () => {
    beforeEach(() => {
      publisher = new WebhookPublisher({ url: `${url}/hook`, timeout: 200 })
    })

    test('gets the events as JSON', async () => {
      const events = [newEvent(), newEvent()]

      expect(await publisher.publish(events)).toEqual([])

      expect(received).toMatchObject([
        { path: 'POST /hook', headers: { 'content-type': 'application/json' }, body: { events } },
      ])
    })

    test.each([302, 404, 500])('that answers %i has accepted nothing', async (status) => {
      answer = { status, body: '' }

      await expect(publisher.publish([newEvent()])).rejects.toThrow()
    })

    test('that does not answer has accepted nothing', async () => {
      answer = { status: 0, body: '' }

      await expect(publisher.publish([newEvent()])).rejects.toThrow('timeout')
    })
  })

  describe('EventBridge', () => {
    beforeEach(() => {
      publisher = new EventBridgePublisher({
        bus: 'carts',
        client: {
          endpoint: url,
          region: 'eu-west-1',
          credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
        },
        timeout: 200,
      })
    })

    test('gets an entry for each event, which rules can tell by source and type', async () => {
      answer = { status: 200, body: JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }) }
      const event = newEvent()

      expect(await publisher.publish([event])).toEqual([])

      expect(received[0]).toMatchObject({
        headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
        body: {
          Entries: [
            {
              EventBusName: 'carts',
              Source: 'cartwright.cart',
              DetailType: 'cart-claimed',
              Detail: JSON.stringify(event),
              Time: expect.any(Number),
            },
          ],
        },
      })
    })

    test('may refuse some of them', async () => {
      const Entries = [{ EventId: '1' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }]
      answer = { status: 200, body: JSON.stringify({ FailedEntryCount: 1, Entries }) }

      expect(await publisher.publish([newEvent(), newEvent()])).toEqual([
        { index: 1, reason: 'ThrottlingException: slow down' },
      ])
    })

    test('that fails or does not answer has accepted nothing', async () => {
      answer = { status: 500, body: '{}' }
      await expect(publisher.publish([newEvent()])).rejects.toThrow()

      answer = { status: 0, body: '' }
      await expect(publisher.publish([newEvent()])).rejects.toThrow()
      // Nothing was repeated behind the relay's back.
      expect(received).toHaveLength(2)
    })
  })
})
