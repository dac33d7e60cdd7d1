import { PassThrough } from 'node:stream'
import type { LogEvent } from '../aws.ts'
import { LogDriver, type LogDriverOptions } from './log-driver.ts'

const SETTINGS = { group: '/shop', prefix: 'shop', blocking: false, buffer: 100 }

function driver(change: Partial<LogDriverOptions> = {}) {
  const sent: (readonly LogEvent[])[] = []
  const lost: number[] = []
  const stream = new PassThrough()
  const log = new LogDriver({
    settings: SETTINGS,
    interval: 3_600_000,
    put: async (events) => void sent.push(events),
    lost: (lines) => lost.push(lines),
    ...change,
  })
  log.read(stream)
  return { log, stream, sent, lost, lines: () => sent.flat().map(({ message }) => message) }
}

test('lines are sent as they were written, however the pipe cuts them', async () => {
  const { log, stream, lines } = driver()

  for (const piece of ['one\ntw', 'o\n\nthree', ' ends without']) stream.write(piece)
  stream.end()
  await new Promise((resolve) => stream.once('end', resolve))
  await log.close()

  expect(lines()).toEqual(['one', 'two', 'three ends without'])
})

test('in non-blocking mode what has no room is lost, and counted', async () => {
  const { log, stream, lines, lost } = driver()

  for (let line = 0; line < 5; line++) stream.write(`${line}${'x'.repeat(39)}\n`)
  await new Promise(setImmediate)
  await log.close()

  expect(lines().map((line) => line[0])).toEqual(['0', '1'])
  expect(lost).toEqual([3])
})

test('in blocking mode the writer waits instead', async () => {
  const { log, stream, lines, lost } = driver({ settings: { ...SETTINGS, blocking: true } })
  const line = 'x'.repeat(60_000)

  for (let count = 0; count < 60; count++) stream.write(`${line}\n`)
  stream.end()
  await new Promise((resolve) => stream.once('end', resolve))
  await log.close()

  expect([lines().length, lost]).toEqual([60, []])
})

test('a batch that cannot be sent is sent with the next', async () => {
  const sent: string[] = []
  let failures = 1
  const { log, stream } = driver({
    interval: 10,
    put: async (events) => {
      if (failures-- > 0) throw new Error('throttled')
      sent.push(...events.map(({ message }) => message))
    },
  })

  stream.write('one\n')
  await new Promise((resolve) => setTimeout(resolve, 60))
  await log.close()

  expect(sent).toEqual(['one'])
})

test('no batch is larger than PutLogEvents takes', async () => {
  const { log, stream, sent } = driver({ settings: { ...SETTINGS, buffer: 10_000_000 } })

  for (let count = 0; count < 30; count++) stream.write(`${'x'.repeat(100_000)}\n`)
  stream.end()
  await new Promise((resolve) => stream.once('end', resolve))
  await log.close()

  const sizes = sent.map((batch) => batch.reduce((sum, { message }) => sum + message.length + 26, 0))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_048_576)
  expect(sizes.reduce((sum, size) => sum + size)).toBe(30 * 100_026)
})
