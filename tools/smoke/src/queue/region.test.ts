import { regionIn } from './region.ts'

test.each([
  ['https://sqs.eu-west-1.amazonaws.com/123456789012/orders', 'eu-west-1'],
  ['https://sqs.cn-north-1.amazonaws.com.cn/123456789012/orders', 'cn-north-1'],
  ['https://sqs-fips.us-east-1.amazonaws.com/123456789012/orders', 'us-east-1'],
  ['https://vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com/123456789012/orders', 'eu-west-1'],
  ['https://eu-west-1.queue.amazonaws.com/123456789012/orders', 'eu-west-1'],
  ['http://127.0.0.1:4566/123456789012/orders', undefined],
])('%s is in %s', (url, region) => {
  expect(regionIn(url)).toBe(region)
})
