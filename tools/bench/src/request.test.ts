import { wireText } from './request.ts'

test('a request without a body has none of its headers', () => {
  const text = wireText(
    { method: 'GET', path: '/cart', headers: { 'X-Cart-ID': 'c1' } },
    'http://127.0.0.1:8080',
  )

  expect(text).toBe('GET /cart HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nX-Cart-ID: c1\r\n\r\n')
})

test('the length of a body is that of its bytes', () => {
  const text = wireText({ method: 'POST', path: '/', headers: {}, body: '"36–38"' }, 'http://h:1')

  expect(text).toBe(
    'POST / HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n"36–38"',
  )
})
