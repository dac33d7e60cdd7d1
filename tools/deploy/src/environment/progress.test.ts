import type { Hook } from '../terraform/said.ts'
import { progressOf } from './progress.ts'

const CHANGE = { before: {}, after: {}, after_unknown: {} }
const resource = (address: string, actions: readonly string[]) => ({
  address,
  mode: 'managed' as const,
  type: 'aws_lb',
  // The words of Terraform's plan.
  change: { ...CHANGE, actions: actions as readonly ('create' | 'delete' | 'no-op')[] },
})
const PLAN = {
  resource_changes: [
    resource('a.a', ['delete', 'create']),
    resource('b.b', ['create']),
    resource('c.c', ['no-op']),
  ],
}

function tell(...hooks: readonly [string, string, string, number][]): readonly string[] {
  const told: string[] = []
  const hear = progressOf(PLAN, (line) => told.push(line))
  for (const [type, addr, action, elapsed_seconds] of hooks) {
    const hook: Hook = { resource: { addr }, action, elapsed_seconds }
    hear({ type, hook })
  }
  return told
}

test('each step that ended is counted; a replacement is two', () => {
  expect(
    tell(
      ['apply_start', 'a.a', 'delete', 0],
      ['apply_complete', 'a.a', 'delete', 0],
      ['apply_complete', 'b.b', 'create', 12],
      ['apply_complete', 'a.a', 'create', 1],
    ),
  ).toEqual(['[1/3] a.a deleted', '[2/3] b.b made (12 s)', '[3/3] a.a made (1 s)'])
})

test('a step that takes long is told every half a minute', () => {
  const seconds = [10, 20, 30, 40, 50, 61, 71]

  expect(
    tell(...seconds.map((at) => ['apply_progress', 'b.b', 'create', at] as [string, string, string, number])),
  ).toEqual(['      b.b takes its time: 30 s so far', '      b.b takes its time: 61 s so far'])
})
