import { redisConf } from './redis-conf.ts'

const administrator = { name: 'rehearsal', password: 'a'.repeat(64) }
const plain = { port: 7000, directives: {}, administrator, tokens: ['first-token-of-the-shop'] }

function lines(text: string): readonly string[] {
  return text.split('\n')
}

test('no token is written down', () => {
  const text = redisConf({ ...plain, tokens: ['first-token-of-the-shop', 'second-token-of-the-shop'] })

  expect(text).not.toContain('token-of-the-shop')
  expect(text.match(/"#[0-9a-f]{64}"/g)).toHaveLength(3)
})

test('with TLS there is no other port', () => {
  const tls = { cert: '/c.pem', key: '/k.pem', ca: '/ca.pem' }

  expect(lines(redisConf(plain))).toContain('port "7000"')
  expect(lines(redisConf({ ...plain, tls }))).toEqual(
    expect.arrayContaining(['port "0"', 'tls-port "7000"', 'tls-replication "yes"']),
  )
})

test('a group without a token takes connections without one', () => {
  expect(redisConf({ ...plain, tokens: [''] })).toMatch(/^user "default" .* "nopass"$/m)
})

test('a replica follows from its first moment', () => {
  expect(redisConf(plain)).not.toContain('replicaof "')
  expect(lines(redisConf({ ...plain, follows: 7001 }))).toContain('replicaof "127.0.0.1" "7001"')
})

test('what is declared is passed on, also an empty value', () => {
  const directives = { 'maxmemory-policy': 'noeviction', 'notify-keyspace-events': '' }

  expect(lines(redisConf({ ...plain, directives }))).toEqual(
    expect.arrayContaining(['maxmemory-policy "noeviction"', 'notify-keyspace-events ""']),
  )
})
