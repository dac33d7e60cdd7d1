import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { changesSaid, type Ended, Machine, type Run, STATE_BUCKET, until } from './machine.ts'

// A deploy of dev that is interrupted over and over, each time at another moment; every run goes on with what the one
// before has left. Then its state is lost.

/** How a run ends. Elsewhere: the next one comes from another machine. */
type End = 'SIGINT' | 'SIGTERM' | 'SIGKILL' | 'SIGKILL elsewhere'

/**
 * One after the other; an early end comes before the apply. The kills come first: each loses what it has made, while after
 * the others everything is done that was begun.
 */
const ENDS: readonly { readonly end: End; readonly isEarly?: true }[] = [
  { end: 'SIGKILL', isEarly: true },
  { end: 'SIGKILL' },
  { end: 'SIGINT', isEarly: true },
  { end: 'SIGKILL elsewhere' },
  { end: 'SIGKILL' },
  { end: 'SIGTERM', isEarly: true },
  { end: 'SIGKILL elsewhere' },
  { end: 'SIGKILL' },
  { end: 'SIGKILL elsewhere' },
  { end: 'SIGKILL' },
  { end: 'SIGTERM' },
  { end: 'SIGINT' },
]
/** Seconds from its start within which a run is ended early. */
const EARLY = 8
/** Steps of an apply after which it is ended, at most: the next run goes on from there. */
const STEPS = 12
const PATIENCE = 20 * 60_000

/** Tells all moments; a failure prints it. */
const seed = process.env['CARTWRIGHT_SEED'] ?? randomUUID()

interface Interrupted {
  readonly end: End
  readonly ended: Ended
  /** What another machine was told before it named the lock. */
  readonly refused?: Ended
}

const runs: Interrupted[] = []
const steps = new Map<string, Ended>()
const inventories = new Map<string, unknown>()
let machine: Machine

beforeAll(async () => {
  machine = await Machine.start()
  steps.set('bootstrap', await machine.run('bootstrap'))
  inventories.set('before', await machine.aws.inventory())
  let unlock: readonly string[] = []
  for (const [number, { end, isEarly = false }] of ENDS.entries()) {
    const ended = await interrupted(number, end, isEarly, unlock)
    unlock = []
    if (end !== 'SIGKILL elsewhere') {
      runs.push({ end, ended })
      continue
    }
    // Another machine knows nothing of it but the lock, where it got that far.
    machine.forget()
    const refused = await machine.run('diff', ['dev'])
    const [, id] = /--unlock (\S+)/.exec(refused.said) ?? []
    unlock = id === undefined ? [] : ['--unlock', id]
    runs.push({ end, ended, refused })
  }
  steps.set('deploy', await machine.run('deploy', ['dev', ...unlock]))
  steps.set('diff', await machine.run('diff', ['dev']))
  await loseState()
  steps.set('deploy without a state', await machine.run('deploy', ['dev']))
  steps.set('recover', await machine.run('deploy', ['dev', '--recover']))
  steps.set('diff after that', await machine.run('diff', ['dev']))
  steps.set('destroy', await machine.run('destroy', ['dev']))
  inventories.set('destroyed', await machine.aws.inventory())
}, PATIENCE)

afterAll(async () => await machine.end())

async function interrupted(
  number: number,
  end: End,
  isEarly: boolean,
  args: readonly string[],
): Promise<Ended> {
  const run = machine.start('deploy', ['dev', ...args])
  let isOver = false
  const ended = run.ended.finally(() => {
    isOver = true
  })
  if (isEarly) await Promise.race([sleep(1000 * EARLY * chance(number)), ended])
  else {
    const steps = Math.ceil(STEPS * chance(number))
    await until(() => isOver || (run.said().match(/^\[ *\d+\/\d+\]/gm)?.length ?? 0) >= steps)
  }
  if (!isOver) stop(run, end)
  return await ended
}

/** With SIGKILL Terraform dies as well: by itself it would end its work. */
function stop({ child }: Run, end: End): void {
  if (end === 'SIGINT' || end === 'SIGTERM') {
    child.kill(end)
    return
  }
  child.kill('SIGKILL')
  const pid = terraformOf(machine)
  try {
    // With its provider: they are a group of their own.
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended at that moment.
  }
}

function terraformOf(here: Machine): number | undefined {
  try {
    const text = readFileSync(path.join(here.stack('dev'), 'running.json'), 'utf8')
    return (JSON.parse(text) as { pid: number }).pid
  } catch {
    // It had none yet.
    return undefined
  }
}

async function loseState(): Promise<void> {
  const client = new S3Client(machine.place)
  await client.send(new DeleteObjectCommand({ Bucket: STATE_BUCKET, Key: 'states/dev.tfstate' }))
}

/** From 0 to 1. */
function chance(number: number): number {
  return createHash('sha256').update(`${seed} ${number}`).digest().readUInt32BE() / 2 ** 32
}

const of = (end: End) => runs.filter((run) => run.end === end)
/** Everything that was said, for a failure. */
const story = (): string =>
  [`seed ${seed}`, ...runs.map(({ end, ended }) => `--- ${end}\n${ended.said}`)].join('\n')

test(`a deploy was interrupted ten times, in the middle of its work`, () => {
  const inTheMiddle = runs.filter(({ ended }) => ended.code !== 0)

  expect({ seed, interrupted: inTheMiddle.length >= 10 }).toEqual({ seed, interrupted: true })
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s lets Terraform write down what it did', (end) => {
  const working = of(end).filter(({ ended: { said } }) => said.includes('ending as soon as'))

  expect(working.length).toBeGreaterThan(0)
  for (const { ended } of working) {
    expect(ended).toEqual({
      code: 1,
      said: expect.stringMatching(/interrupted; the same command goes on where it ended\n$/),
    })
  }
})

test('after SIGKILL the same machine frees the lock by itself, another one is told whose it is', () => {
  const killed = of('SIGKILL elsewhere').filter(({ ended }) => ended.said.includes('terraform apply'))

  expect(killed.length).toBeGreaterThan(0)
  for (const { refused } of killed) {
    expect(refused).toEqual({
      code: 1,
      said: expect.stringMatching(
        /the state is locked \([0-9a-f-]{36}, apply of \S+@\S+, \d+ s old\); wanted: its end or, if it has ended, --unlock [0-9a-f-]{36}\n$/,
      ),
    })
  }
})

test('the next deploy finishes, with all that the killed ones made', () => {
  const taken = [...runs.map(({ ended }) => ended.said), steps.get('deploy')?.said].join('')

  expect({ story: story(), ...steps.get('deploy') }).toMatchObject({ code: 0 })
  expect(taken).toMatch(/\(taken over: /)
  expect(steps.get('diff')).toMatchObject({ code: 0, said: expect.stringContaining('nothing to change') })
})

describe('when the state is lost', () => {
  test('a deploy fails on what is there, and says what takes it over', () => {
    expect(steps.get('deploy without a state')).toMatchObject({
      code: 1,
      said: expect.stringContaining('--recover'),
    })
  })

  test('it is made again of names and tags, and nothing is replaced', () => {
    const recover = steps.get('recover')

    expect(recover).toMatchObject({ code: 0, said: expect.stringContaining(': deployed') })
    expect(recover && changesSaid(recover).filter((line) => line.startsWith('-'))).toEqual([])
    expect(steps.get('diff after that')).toMatchObject({
      code: 0,
      said: expect.stringContaining('nothing to change'),
    })
  })
})

test('nothing was made twice: after a destroy there is nothing left but keys that wait for their end', () => {
  const left = { ...(inventories.get('destroyed') as Record<string, readonly string[]>) }
  const keys = left['kms eu-west-1 keys'] ?? []
  delete left['kms eu-west-1 keys']

  expect(steps.get('destroy')).toEqual({ code: 0, said: expect.stringContaining(': gone') })
  expect(keys.filter((key) => !key.includes('(to be deleted)'))).toEqual([])
  expect(left).toEqual(inventories.get('before'))
})
