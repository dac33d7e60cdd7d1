import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { endOwnProcesses, runOwnProcess } from '../own-process.ts'

let folder: string
/** The data folder of the process: one that is still to be made. */
let data: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cart-api-start-'))
  data = path.join(folder, 'data')
  file = path.join(data, 'cartwright.db')
})
afterEach(async () => {
  await endOwnProcesses()
  rmSync(folder, { recursive: true })
})

describe('a setting that cannot be used ends the start with a line that says why', () => {
  test('each of several bad settings has its own line', async () => {
    const ended = await start({ PORT: 'http', STORE: 'mongo', MAX_LINES: '-1', LOG_LEVEL: 'loud' })

    expect(ended).toEqual(
      refusal(
        'PORT is "http"; wanted: a whole number from 0 to 65535',
        'STORE is "mongo"; wanted: one of sqlite, dynamodb, cached, redis',
        'MAX_LINES is "-1"; wanted: a whole number from 1 to 1000',
        'LOG_LEVEL is "loud"; wanted: one of trace, debug, info, warn, error, fatal, silent',
      ),
    )
    expect(existsSync(data)).toBe(false)
  })

  test('production without verified identities', async () => {
    const ended = await start({ DEPLOYMENT: 'prod' })

    expect(ended).toEqual(
      refusal(
        'IDENTITY is "none"; wanted with DEPLOYMENT=prod: jwt (ALLOW_INSECURE_IDENTITY=true overrides)',
      ),
    )
    expect(existsSync(data)).toBe(false)
  })

  test('a catalog that is not there', async () => {
    const catalog = path.join(folder, 'none.json')

    expect(await start({ CATALOG: catalog })).toEqual(
      refusal(`catalog file ${catalog}: no such file, wanted a JSON file`),
    )
    expect(existsSync(data)).toBe(false)
  })

  test('a catalog that is broken', async () => {
    const catalog = path.join(folder, 'broken.json')
    writeFileSync(catalog, '{"products": [{"productId": "mug"')

    expect(await start({ CATALOG: catalog })).toEqual(
      refusal(expect.stringContaining(`catalog file ${catalog}: not JSON: `)),
    )
    expect(existsSync(data)).toBe(false)
  })
})

test('a taken port ends the start, and the database is closed', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  // A TCP server's address is never a path.
  const { port } = other.address() as AddressInfo

  const ended = await start({ PORT: String(port) })

  expect(ended).toEqual(
    refusal(`PORT ${port} is taken on 127.0.0.1; wanted: a free one, as in PORT=9090 npm start`),
  )
  expect(readdirSync(data)).toEqual(['cartwright.db'])
  other.close()
})

describe('a data folder that cannot be used ends the start', () => {
  test('because it would lie below a file', async () => {
    const below = path.join(folder, 'file', 'data')
    writeFileSync(path.dirname(below), 'mine')

    expect(await start({ DATA_DIR: below })).toEqual(
      refusal(
        expect.stringMatching(
          /^cannot start: cannot make the data folder .*ENOTDIR.*; wanted: a folder that/,
        ),
      ),
    )
    expect(readFileSync(path.dirname(below), 'utf8')).toBe('mine')
  })

  // Not even root may write there, as nobody may to a volume that is mounted read-only.
  const onLinux = process.platform === 'linux' ? test : test.skip

  onLinux('because it cannot be made where it should be', async () => {
    expect(await start({ DATA_DIR: '/proc/cartwright' })).toEqual(
      refusal(
        expect.stringMatching(
          /^cannot start: cannot make the data folder \/proc\/cartwright: .*; wanted: a folder that/,
        ),
      ),
    )
  })

  onLinux('because no file can be made in it', async () => {
    expect(await start({ DATA_DIR: '/proc' })).toEqual(
      refusal(
        expect.stringMatching(
          /^cannot start: cannot open the database \/proc\/cartwright\.db: .*; wanted: a folder that/,
        ),
      ),
    )
  })

  test("because it holds somebody else's database, which stays as it was", async () => {
    mkdirSync(data)
    const theirs = new DatabaseSync(file)
    theirs.exec('PRAGMA journal_mode = WAL; CREATE TABLE notes (text); INSERT INTO notes VALUES (1)')
    theirs.close()
    const before = readFileSync(file)

    expect(await start({})).toEqual(
      refusal(`${file} is a database of another program; wanted: one of Cartwright's, or none yet`),
    )
    expect(readdirSync(data)).toEqual(['cartwright.db'])
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('because it holds a file of that name that is no database, which stays as it was', async () => {
    mkdirSync(data)
    writeFileSync(file, 'dear diary '.repeat(100))

    expect(await start({})).toEqual(refusal(`cannot open the database ${file}: file is not a database`))
    expect(readdirSync(data)).toEqual(['cartwright.db'])
    expect(readFileSync(file, 'utf8')).toBe('dear diary '.repeat(100))
  })
})

async function start(environment: Readonly<Record<string, string>>) {
  const { stderr, ...rest } = await runOwnProcess({ environment: { DATA_DIR: data, ...environment } })
  return { stderr: stderr.split('\n'), ...rest }
}

/** How a process ends that cannot start: these lines, no others, and exit code 1. */
function refusal(first: unknown, ...others: string[]) {
  const line = typeof first === 'string' ? `cannot start: ${first}` : first
  return { stderr: [line, ...others, ''], stdout: '', code: 1, signal: null }
}
