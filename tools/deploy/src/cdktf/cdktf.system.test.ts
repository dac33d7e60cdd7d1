import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'

const ROOT = path.resolve(import.meta.dirname, '../../../..')
/** What `npx cdktf` runs. */
const CDKTF = path.join(ROOT, 'node_modules/.bin/cdktf')
const BOOTSTRAP = path.join(import.meta.dirname, '../bootstrap/main.ts')
const APP = path.join(import.meta.dirname, 'app.ts')
const ACCOUNT = '123456789012'
const BUCKET = `cartwright-tfstate-${ACCOUNT}-eu-west-1`
const STACKS = ['dev', 'prod', 'staging', 'state-backend']
/** It tells of what hangs: other programs keep the machine busy. */
const PATIENCE = 10 * 60_000

let folder: string
let out: string
let aws: LocalAws

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cdktf-'))
  out = path.join(folder, 'out')
  aws = await startLocalAws()
})

afterAll(async () => {
  await aws.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

interface End {
  readonly code: number | null
  readonly said: string
}

async function run(file: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<End> {
  const child = spawn(file, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...aws.environment,
      CDKTF_OUTDIR: out,
      CDKTF_LOG_FILE_DIRECTORY: folder,
      ...variables,
    },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said: stripVTControlCharacters(said) }
}

/** With an output folder of its own, as others may run in this clone. */
function cdktf(line: string, variables: NodeJS.ProcessEnv = {}): Promise<End> {
  return run(CDKTF, [...line.split(' '), '--output', out], variables)
}

function backendOf(stack: string, outdir = out): Readonly<Record<string, unknown>> {
  const file = path.join(outdir, 'stacks', stack, 'cdk.tf.json')
  // What our own synthesis wrote.
  const { terraform } = JSON.parse(readFileSync(file, 'utf8')) as {
    terraform: { backend: { s3: Readonly<Record<string, unknown>> } }
  }
  return terraform.backend.s3
}

const NO_CREDENTIALS = { AWS_ACCESS_KEY_ID: undefined }

describe('without an account', () => {
  test('the stacks are listed, also where there is no Terraform', async () => {
    const { code, said } = await cdktf('list', {
      ...NO_CREDENTIALS,
      CARTWRIGHT_TERRAFORM: path.join(folder, 'none'),
    })

    expect(code).toBe(0)
    // The CLI breaks lines at 80 characters.
    const unbroken = said.replaceAll(/\s/g, '')
    expect(STACKS.filter((stack) => !unbroken.includes(`${out}/stacks/${stack}`))).toEqual([])
  })

  test('the stacks are synthesised, the same to the byte as by the synthesis alone', async () => {
    const alone = path.join(folder, 'alone')
    await run(process.execPath, [path.join(ROOT, 'infra/src/main.ts')], { CDKTF_OUTDIR: alone })

    const { code } = await cdktf('synth')

    expect(code).toBe(0)
    expect(readdirSync(path.join(out, 'stacks')).toSorted()).toEqual(STACKS)
    for (const stack of STACKS) {
      const [ours, theirs] = [out, alone].map((outdir) =>
        readFileSync(path.join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8'),
      )
      expect(ours).toBe(theirs)
    }
    expect(backendOf('dev')).not.toHaveProperty('bucket')
  })

  test.each(['deploy', 'diff', 'destroy', 'output'])(
    '%s says what is missing, and no more',
    async (command) => {
      const noCredentials = await cdktf(`${command} dev`, NO_CREDENTIALS)
      const noBackend = await cdktf(`${command} dev`)

      expect(noCredentials).toEqual({
        code: 1,
        said: expect.stringMatching(/^cdktf: there are no AWS credentials \(.*\): sign in .*\n$/),
      })
      expect(noBackend).toEqual({
        code: 1,
        said: `cdktf: account ${ACCOUNT} has no state backend in eu-west-1 (there is no bucket ${BUCKET}); wanted: npm run bootstrap\n`,
      })
    },
  )

  test("another environment's account is refused", async () => {
    const end = await cdktf('deploy dev', { CARTWRIGHT_DEV_ACCOUNT_ID: '999999999999' })

    expect(end).toEqual({
      code: 1,
      said: `cdktf: the credentials are of account ${ACCOUNT}; wanted: 999999999999 (dev)\n`,
    })
  })

  test('a command that is left out is refused', async () => {
    const { code, said } = await cdktf('convert')

    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^cdktf: "convert" is left out/) })
  })
})

describe('the app under another CLI than ours, which does not tell it the command', () => {
  test('takes the account of the credentials', async () => {
    const outdir = path.join(folder, 'with')

    const end = await run(process.execPath, [APP], { CDKTF_OUTDIR: outdir })

    expect(end).toEqual({ code: 0, said: '' })
    expect(backendOf('dev', outdir)).toMatchObject({ bucket: BUCKET })
  })

  test('leaves the bucket open where there are none, and says nothing', async () => {
    const outdir = path.join(folder, 'without')

    const end = await run(process.execPath, [APP], { CDKTF_OUTDIR: outdir, ...NO_CREDENTIALS })

    expect(end).toEqual({ code: 0, said: '' })
    expect(backendOf('dev', outdir)).not.toHaveProperty('bucket')
  })

  test('refuses an account that is none', async () => {
    const end = await run(process.execPath, [APP], { CARTWRIGHT_ACCOUNT_ID: '12' })

    expect(end).toEqual({
      code: 1,
      said: 'CARTWRIGHT_ACCOUNT_ID is "12"; wanted: an account number of 12 digits, or none\n',
    })
  })
})

// Each goes on with what the one before has left.
describe('an environment from its first deploy to its end', () => {
  let before: Readonly<Record<string, readonly string[]>>

  /** Runs it, and looks at the end of what it says: a plan is long. */
  async function succeed(line: string, text: string | RegExp): Promise<void> {
    const { code, said } = await cdktf(line)
    expect({ code, said: said.slice(-3000) }).toEqual({ code: 0, said: expect.stringMatching(text) })
  }

  /** Keys wait for a week until they are deleted. */
  async function inventory(): Promise<typeof before> {
    const all = Object.entries(await aws.inventory()).map(
      ([kind, ids]) => [kind, ids.filter((id) => !id.endsWith('(to be deleted)'))] as const,
    )
    return Object.fromEntries(all.filter(([, ids]) => ids.length > 0))
  }

  test(
    'starts with the state backend, which the CLI finds as the bootstrap left it',
    async () => {
      await run(process.execPath, [BOOTSTRAP, '--yes'])
      before = await inventory()

      await succeed('diff state-backend', /No changes\./)
    },
    PATIENCE,
  )

  test('is shown', async () => succeed('diff dev', /Plan: \d+ to add, 0 to change, 0 to destroy\./), PATIENCE)

  test('is deployed', async () => succeed('deploy dev --auto-approve', /Apply complete!/), PATIENCE)

  test('is told about', async () => succeed('output dev', /alb_url = "?http:/), PATIENCE)

  test('has nothing left to change', async () => succeed('diff dev', /No changes\./), PATIENCE)

  test(
    'is destroyed without a trace',
    async () => {
      await succeed('destroy dev --auto-approve', /Destroy complete!/)

      expect(await inventory()).toEqual(before)
    },
    PATIENCE,
  )
})
