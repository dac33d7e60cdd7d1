import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findTerraform, startLocalAws } from '../src/index.ts'
import { start } from './command.ts'

/**
 * Roots that use, in their strictest form, every kind of resource that an environment may need. Each has an emulator of
 * its own, as it takes its account for empty. Those in a row come one after the other: most of the time the provider
 * waits, but each of its processes takes half a gigabyte, and time of two processors.
 */
const LANES = [['edge'], ['data'], ['service'], ['delivery', 'network', 'observability']] as const
type Root = (typeof LANES)[number][number]
const ROOTS: readonly Root[] = LANES.flat()

// A matcher stands for the text that it matches.
const toBeDeleted = expect.stringContaining('(to be deleted)') as unknown as string

/** What AWS keeps, too, after everything was deleted. */
const STAYS: Readonly<Record<Root, Readonly<Record<string, readonly string[]>>>> = {
  network: {},
  service: { 'kms eu-west-1 keys': [toBeDeleted] },
  edge: {},
  data: {
    'elasticache eu-west-1 snapshots': ['cart-rg-final'],
    'kms eu-west-1 keys': [toBeDeleted],
    'secretsmanager eu-west-1 secrets': ['cart/redis-auth (to be deleted)'],
  },
  observability: { 'kms eu-west-1 keys': [toBeDeleted] },
  delivery: { 'kms eu-west-1 keys': [toBeDeleted] },
}

/** For all of them together, on two processors that others use too. */
const PATIENCE = 15 * 60_000

interface Outcome {
  /** By step: how it ended, and what it said last. */
  readonly steps: Readonly<Record<string, { readonly code: number | null; readonly said: string }>>
  /** What the emulator holds in the end. */
  readonly left: Readonly<Record<string, readonly string[]>>
}

const outcomes = new Map<Root, Outcome>()
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'roots-'))
  cpSync(path.join(import.meta.dirname, 'roots'), folder, { recursive: true })
  await Promise.all(
    LANES.map(async (lane) => {
      for (const root of lane) outcomes.set(root, await deployAndDestroy(root))
    }),
  )
}, PATIENCE)

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))

describe.each(ROOTS)('the root %s', (root) => {
  test.each(['init', 'apply'])('%s succeeds', (step) => {
    expect(ended(root, step)).toEqual({ code: 0, said: expect.any(String) })
  })

  test('the plan after it is empty', () => {
    expect(ended(root, 'plan')).toEqual({ code: 0, said: expect.any(String) })
  })

  test('destroy succeeds', () => {
    expect(ended(root, 'destroy')).toEqual({ code: 0, said: expect.any(String) })
  })

  test('nothing is left but what AWS keeps, too', () => {
    expect(outcomes.get(root)?.left).toEqual(STAYS[root])
  })
})

async function deployAndDestroy(root: Root): Promise<Outcome> {
  const aws = await startLocalAws()
  const steps: Record<string, { code: number | null; said: string }> = {}
  try {
    const terraform = async (step: string, ...args: string[]): Promise<void> => {
      const running = start(findTerraform(), [step, '-no-color', '-input=false', ...args], {
        cwd: path.join(folder, root),
        env: { ...process.env, ...aws.environment },
      })
      const { code, stdout, stderr } = await running.ended
      const emulator = code === 0 ? '' : aws.lastWords()
      steps[step] = { code, said: `${stdout.slice(-3_000)}\n${stderr}\n${emulator}`.slice(-8_000) }
    }
    await terraform('init')
    await terraform('apply', '-auto-approve')
    // 0 is an empty plan, 2 one with changes.
    await terraform('plan', '-detailed-exitcode')
    // It was all read for the plan a moment ago.
    await terraform('destroy', '-auto-approve', '-refresh=false')
    return { steps, left: await aws.inventory() }
  } finally {
    await aws.stop()
  }
}

function ended(root: Root, step: string): Outcome['steps'][string] | undefined {
  return outcomes.get(root)?.steps[step]
}
