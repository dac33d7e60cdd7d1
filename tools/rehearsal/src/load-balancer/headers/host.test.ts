import { hostToTarget } from './host.ts'

// The table of AWS's page "Application Load Balancers", host header preservation.
test.each([
  ['example.com', 80, 'example.com'],
  ['example.com:80', 80, 'example.com'],
  ['example.com:50080', 443, 'example.com'],
  ['example.com', 8080, 'example.com:8080'],
  ['example.com:9090', 8080, 'example.com:9090'],
  ['[::1]:80', 80, '[::1]'],
])('%s on port %d becomes %s', (host, port, expected) => {
  expect(hostToTarget(host, port)).toBe(expected)
})
