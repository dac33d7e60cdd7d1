import type { Outcome } from './player.ts'

/** What became of it, in a line, and what leads to the cause. */
export function shownOutcome({
  status,
  stage,
  reason,
  said = [],
  rollback,
  image,
  execution,
}: Outcome): string {
  const name = image === undefined ? 'the commit' : image.slice(0, 12)
  switch (status) {
    case 'Succeeded':
      return `released: ${name} serves`
    case 'Waiting':
      return `waits at ${stage}: ${reason}\ngo on with --approve, or end it with --reject (execution ${execution})`
    case 'Stopped':
      return `stopped at ${stage}`
    case 'Failed':
      return [
        ...said.map((line) => `  | ${line}`),
        `failed at ${stage}: ${reason}`,
        ...(rollback === undefined ? [] : [shownRollback(rollback)]),
      ].join('\n')
  }
}

function shownRollback(rollback: Exclude<Outcome['rollback'], undefined>): string {
  if (rollback === 'nothing to go back to') return 'there was no release of this pipeline to go back to'
  return rollback.status === 'Succeeded'
    ? `rolled back: ${rollback.image?.slice(0, 12)} serves again`
    : `the rollback failed, too: ${rollback.reason}`
}
