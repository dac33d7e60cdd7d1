import { Counts } from './counts.ts'
import type { RequestEvent } from './events.ts'

const event = (changes: Partial<RequestEvent>): RequestEvent => ({
  kind: 'request',
  at: 0,
  milliseconds: 5,
  port: 80,
  method: 'GET',
  host: 'shop',
  path: '/',
  status: 200,
  by: 'target',
  outcome: 'answered',
  ...changes,
})

test('requests are counted by answer and by target, failures once, and the longest is kept', () => {
  const counts = new Counts()

  counts.add(event({ target: 'a' }))
  counts.add(event({ target: 'b', milliseconds: 70 }))
  counts.add(event({ target: 'a', status: 503 }))
  counts.add(event({ target: 'a', outcome: 'cut-off', reason: 'target-closed' }))
  counts.add(event({ status: 502, by: 'load-balancer', reason: 'connection-refused', target: 'b' }))
  counts.add(event({ status: 460, by: 'load-balancer', outcome: 'client-left', reason: 'client-left' }))
  counts.add({
    kind: 'target-health',
    at: 0,
    targetGroup: 'api',
    target: 'a',
    from: 'initial',
    to: 'healthy',
  })

  expect(counts.summary()).toEqual({
    requests: 6,
    answers: {
      'target 200': 2,
      'target 503': 1,
      'target 200 target-closed': 1,
      'load-balancer 502 connection-refused': 1,
      'load-balancer 460 client-left': 1,
    },
    cutOff: 1,
    clientLeft: 1,
    failed: 3,
    targets: { a: 3, b: 2 },
    longest: 70,
  })
})
