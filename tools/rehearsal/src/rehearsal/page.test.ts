import { curls } from './page.ts'
import { shownTime } from './steps.ts'

const connectTo = { host: '127.0.0.1', port: 41_000 }

test('the curl lines connect to the local port, and name the declared host and port', () => {
  const [add, read, checkout] = curls({ url: 'http://lb.example', connectTo })

  expect(add).toContain("--connect-to 'lb.example:80:127.0.0.1:41000' http://lb.example/cart/items")
  expect(read).toContain('http://lb.example/cart ')
  expect(checkout).toContain('-X POST')
})

test('behind HTTPS they trust the authority of the rehearsal', () => {
  const [add] = curls({ url: 'https://shop.example', connectTo, ca: '/etc/ca.pem' })

  expect(add).toContain("--connect-to 'shop.example:443:127.0.0.1:41000' --cacert '/etc/ca.pem'")
})

test.each([
  [340, '0.3 s'],
  [59_900, '59.9 s'],
  [59_960, '1 min 0 s'],
  [104_200, '1 min 44 s'],
])('%d ms are %s', (milliseconds, shown) => {
  expect(shownTime(milliseconds)).toBe(shown)
})
