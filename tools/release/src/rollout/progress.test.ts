import { Progress } from './progress.ts'

const events = (...ids: readonly string[]) =>
  ids.map((id) => ({ id, message: `(service shop) event ${id}.` }))
const deployment = (runningCount: number, more: object = {}) => ({
  taskDefinition: 'arn:aws:ecs:::task-definition/shop:7',
  desiredCount: 2,
  runningCount,
  ...more,
})

test('each event is told once, the oldest first; tasks when they change', () => {
  const told: string[] = []
  const progress = new Progress({ events: events('1') }, (line) => told.push(line))

  progress.look({ events: events('1'), deployments: [deployment(0, { pendingCount: 2 })] })
  progress.look({ events: events('3', '2', '1'), deployments: [deployment(0, { pendingCount: 2 })] })
  progress.look({
    events: events('3', '2', '1'),
    deployments: [deployment(1, { failedTasks: 1 }), deployment(2)],
  })

  expect(told).toEqual([
    '  shop:7 0 of 2 tasks, 2 pending',
    '  ECS: event 2.',
    '  ECS: event 3.',
    '  shop:7 1 of 2 tasks, 1 failed; shop:7 2 of 2 tasks',
  ])
  expect(progress.lastEvents).toEqual(['event 2.', 'event 3.'])
})
