import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Chance } from '@cartwright/test-servers'
import fc from 'fast-check'
import { endOwnProcesses, type OwnProcessApi, startOwnProcess } from '../own-process.ts'
import { audit } from './audit.ts'
import { Ledger } from './ledger.ts'
import { Load } from './load.ts'

const KILLS = 24
const CLIENTS = 24
/** Answers that are waited for after the last kill, so that everything that was left open has been repeated. */
const LAST_ANSWERS = 300

/** When a process is killed: so many answers after the load began, and so many milliseconds later. */
const kill = fc.record({
  answers: fc.integer({ min: 1, max: 200 }),
  pause: fc.oneof(
    // An answer has just arrived: whatever the API still had to do for it is never done.
    { weight: 1, arbitrary: fc.constant(0) },
    // Any moment, also between a commit and its answers.
    { weight: 2, arbitrary: fc.noBias(fc.integer({ min: 1, max: 15 })) },
  ),
})

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-crash-'))
  file = path.join(folder, 'cartwright.db')
})
afterEach(async () => {
  await endOwnProcesses()
  rmSync(folder, { recursive: true })
})

test('after every crash each acknowledged change is there, each once, each with its outbox row', async () => {
  const kills = fc.array(kill, { minLength: KILLS, maxLength: KILLS })
  await fc.assert(
    fc.asyncProperty(kills, fc.integer(), async (plan, seed) => {
      const ledger = new Ledger()
      let heard = (): void => undefined
      const load = new Load({ ledger, chance: new Chance(seed), clients: CLIENTS, heard: () => heard() })

      for (const [round, { answers, pause }] of plan.entries()) {
        const api = await start(round)
        expect(await audit({ url: api.url, file, ledger })).toEqual([])
        let left = answers
        heard = () => {
          left -= 1
          if (left === 0) killIn(pause, api)
        }
        await load.run(api.url, () => false)
        expect(await api.ended).toMatchObject({ signal: 'SIGKILL' })
      }

      const api = await start(plan.length)
      let left = LAST_ANSWERS
      heard = () => {
        left -= 1
      }
      await load.run(api.url, () => left <= 0)
      load.close()
      expect(ledger.tally.open).toBe(0)
      expect(await audit({ url: api.url, file, ledger })).toEqual([])
      expect(await api.stop()).toEqual({ code: 0, signal: null })
      // The load has been what it is for: some deaths fell between a commit and its answer.
      expect(ledger.unheard).toBeGreaterThan(0)
    }),
    // A shorter plan would be another run: where in its work a process is when it dies is not in the plan.
    { numRuns: 1, endOnFailure: true },
  )
}, 180_000)

/** Every second time with fewer flushes to the disk: a crash of the process may not lose more for it. */
function start(round: number): Promise<OwnProcessApi> {
  return startOwnProcess({
    environment: {
      DATA_DIR: folder,
      SQLITE_SYNCHRONOUS: round % 2 === 0 ? 'full' : 'normal',
      MAX_LINE_QUANTITY: '2147483647',
      LOG_LEVEL: 'warn',
    },
  })
}

function killIn(milliseconds: number, { child }: OwnProcessApi): void {
  if (milliseconds === 0) child.kill('SIGKILL')
  else setTimeout(() => child.kill('SIGKILL'), milliseconds)
}
