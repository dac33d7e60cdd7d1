import { drawTimeline } from './timeline.ts'

test('each process has a column, everything else the last', () => {
  const steps = [
    { who: 'p0', what: 'begins a write', state: 0 },
    { who: 'Redis', what: 'promotes B', state: 0 },
    { who: 'p1', what: 'reads', state: 0 },
  ]

  expect(drawTimeline(steps, ['p0', 'p1'])).toBe(
    [
      '    p0              p1     elsewhere',
      ' 1  begins a write',
      ' 2                         Redis promotes B',
      ' 3                  reads',
      '',
    ].join('\n'),
  )
})
