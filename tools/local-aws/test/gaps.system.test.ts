import { emulatorEnvironment, PACKAGE } from '../src/emulator.ts'
import { findMoto } from '../src/find/moto.ts'
import { readGaps } from '../src/gaps.ts'
import { startLocalAws } from '../src/index.ts'
import { start } from './command.ts'

/** By key: what went wrong, or null. */
type Outcomes = Readonly<Record<string, string | null>>

const keys = readGaps().map(({ key }) => key)
let here: Outcomes
let asShipped: Outcomes

beforeAll(async () => {
  here = await check([])
  asShipped = await check(['all'])
}, 120_000)

test('each row of the table has a check, and each check a row', () => {
  expect(Object.keys(here).toSorted()).toEqual(keys.toSorted())
})

test.each(keys)('%s is closed', (key) => {
  expect(here[key]).toBeNull()
})

// A row that has become untrue with a new version of moto can go, with what closes it.
test.each(keys)('%s is open in moto as it is shipped', (key) => {
  expect(asShipped[key]).toEqual(expect.any(String))
})

async function check(leaveOpen: readonly string[]): Promise<Outcomes> {
  const aws = await startLocalAws({ leaveOpen })
  try {
    const running = start(await findMoto(process.env), ['-B', '-m', 'checks', aws.endpoint], {
      cwd: PACKAGE,
      env: emulatorEnvironment(process.env),
    })
    const { code, stdout, stderr } = await running.ended
    if (code !== 0) throw new Error(`the checks have ended with ${code}:\n${stderr}\n${aws.lastWords()}`)
    return JSON.parse(stdout) as Outcomes
  } finally {
    await aws.stop()
  }
}
