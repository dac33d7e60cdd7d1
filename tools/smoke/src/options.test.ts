import { readFileSync } from 'node:fs'
import path from 'node:path'
import { BadOptions, HELP, readOptions } from './options.ts'

const PLAIN_TEXT = path.resolve(import.meta.dirname, '../package.json')
const QUEUE = 'https://sqs.eu-west-1.amazonaws.com/123456789012/orders'

test('a url is enough', () => {
  expect(readOptions(['https://shop.example.com/'])).toEqual({
    smoke: { url: 'https://shop.example.com', instances: 1, timeout: 10 },
    isJson: false,
  })
})

test('every option is read', () => {
  const words = `http://localhost:8080 --instances 3 --release abc --queue-url ${QUEUE} --token a.b.c --timeout 5 --json`

  expect(readOptions([...words.split(' '), '--connect-to', '[::1]:8443'])).toEqual({
    smoke: {
      url: 'http://localhost:8080',
      instances: 3,
      release: 'abc',
      queue: { url: QUEUE },
      token: 'a.b.c',
      connectTo: { host: '::1', port: 8443 },
      timeout: 5,
    },
    isJson: true,
  })
  expect(readOptions(['--help'])).toBe('help')
})

test('variables say how the url is reached, unless an option does', () => {
  const env = { CARTWRIGHT_CONNECT_TO: 'shop.example.com:443:127.0.0.1:8443' }
  const read = (...more: readonly string[]) => readOptions(['https://shop.example.com', ...more], env)

  expect(read()).toMatchObject({ smoke: { connectTo: { host: '127.0.0.1', port: 8443 } } })
  expect(read('--connect-to', 'localhost:1')).toMatchObject({
    smoke: { connectTo: { host: 'localhost', port: 1 } },
  })
  expect(() => readOptions(['https://shop.example.com'], { CARTWRIGHT_CONNECT_TO: 'x' })).toThrow(BadOptions)
})

test.each([
  [[], 'no url is named; wanted: one such as https://shop.example.com'],
  [['https://a.example', 'https://b.example'], '"https://b.example" is too much; wanted: one url'],
  [['shop.example.com'], 'the url is "shop.example.com"; wanted: http or https'],
  [['https://shop.example.com/carts'], 'wanted: http or https, a host and perhaps a port'],
  [['https://user:word@shop.example.com'], 'wanted: http or https, a host and perhaps a port'],
  [['https://a.example', '--connect-to', 'localhost'], '--connect-to is "localhost"; wanted: host:port'],
  [['https://a.example', '--connect-to', 'localhost:0'], '--connect-to is "localhost:0"; wanted: host:port'],
  [['https://a.example', '--instances', '0'], '--instances is "0"; wanted: a whole number from 1 to 100'],
  [['https://a.example', '--timeout', 'long'], '--timeout is "long"; wanted: a whole number from 1 to 600'],
  [['https://a.example', '--ca', 'no-such.pem'], '--ca is "no-such.pem", which cannot be read: ENOENT'],
  [['https://a.example', '--ca', PLAIN_TEXT], 'which holds no certificate; wanted: PEM'],
  [
    ['https://a.example', '--queue-url', 'orders'],
    '--queue-url is "orders"; wanted: one such as https://sqs.',
  ],
  [['https://a.example', '--token', 'secret'], '--token is none; wanted: a JWT'],
  [['https://a.example', '--speed'], "Unknown option '--speed'"],
])('%j is not taken', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
  expect(() => readOptions(args)).toThrow(BadOptions)
})

test('the reference tells every option of the help, and no other', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/reference/deploying.md'), 'utf8')
  const [, section = ''] = page.split('### `npm run smoke`')
  const [table = ''] = section.split(/^##/m)

  expect([...table.matchAll(/^\| `(--.*?)` \|/gm)].map(([, option]) => option).toSorted()).toEqual(
    [...HELP.matchAll(/^ {2}(--\S+(?: <\S+>)?) /gm)].map(([, option]) => option).toSorted(),
  )
})
