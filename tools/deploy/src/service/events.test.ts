import { lastEvents, shownEvent } from './events.ts'

const event = (seconds: number, message: string) => ({ createdAt: new Date(seconds * 1000), message })

test('what ECS said since then, the oldest first', () => {
  const events = [
    event(30, '(service shop) rolling back to deployment ecs-svc/1.'),
    event(20, '(service shop) (deployment ecs-svc/2) deployment failed: tasks failed to start.'),
    event(10, '(service shop) has reached a steady state.'),
  ]

  expect(lastEvents(events, 15_000)).toEqual([
    '(deployment ecs-svc/2) deployment failed: tasks failed to start.',
    'rolling back to deployment ecs-svc/1.',
  ])
})

test('of many the newest', () => {
  const events = Array.from({ length: 100 }, (_, index) => event(100 - index, `event ${100 - index}`))

  expect(lastEvents(events, 0).at(-1)).toBe('event 100')
  expect(lastEvents(events, 0).length).toBeLessThan(20)
})

test.each([
  ['(service shop) has reached a steady state.', 'has reached a steady state.'],
  ['(service shop, taskSet ecs-svc/1) has begun draining connections on 1 tasks.', undefined],
])('%s', (message, shown = message) => {
  expect(shownEvent({ message })).toBe(shown)
})
