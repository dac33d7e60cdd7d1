import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { LocalAwsProblem } from '../problem.ts'
import { findMoto } from './moto.ts'

let folder: string
let env: NodeJS.ProcessEnv

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'moto-'))
  // Nothing of this machine is found: neither its Pythons nor anybody's home.
  env = {
    PATH: path.join(folder, 'bin'),
    HOME: path.join(folder, 'home'),
    CARTWRIGHT_CACHE: path.join(folder, 'cache'),
  }
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a Python on PATH that has moto is taken', async () => {
  python('bin/python3', { moto: '5.2.1' })

  await expect(findMoto(env)).resolves.toBe(path.join(folder, 'bin/python3'))
})

test('one with another version of moto is passed over for a virtual environment that has it', async () => {
  python('bin/python3', { moto: '4.0.0' })
  python('home/.pyenv/versions/3.12.0/bin/python3', { moto: '5.2.1' })

  await expect(findMoto(env)).resolves.toBe(path.join(folder, 'home/.pyenv/versions/3.12.0/bin/python3'))
})

test('moto is installed into a virtual environment of our own where none has it, once', async () => {
  python('bin/python3', { makes: { moto: '5.2.1' } })
  const told: string[] = []
  const own = path.join(folder, 'cache/moto-5.2.1')

  await expect(findMoto(env, (line) => told.push(line))).resolves.toBe(path.join(own, 'bin/python3'))
  await expect(findMoto(env, (line) => told.push(line))).resolves.toBe(path.join(own, 'bin/python3'))

  expect(told).toEqual([`installing moto[server]==5.2.1 into ${own}…`])
})

test('where it cannot be installed, one message names the ways to get it, and nothing is left', async () => {
  python('bin/python3', { makes: { refuses: 'ERROR: No matching distribution found for moto' } })

  const problem = findMoto(env)

  await expect(problem).rejects.toThrow(LocalAwsProblem)
  await expect(problem).rejects.toThrow(/No matching distribution found for moto/)
  await expect(problem).rejects.toThrow(
    /pip install 'moto\[server\]==5\.2\.1'.*pipx install.*CARTWRIGHT_MOTO=/s,
  )
  expect(readdirSync(path.join(folder, 'cache'))).toEqual([])
})

test('where there is no Python at all, the same message says so', async () => {
  await expect(findMoto(env)).rejects.toThrow(/there is no python3 on PATH.*CARTWRIGHT_MOTO=/s)
})

test('the one that is set is taken or refused, and nothing else is looked for', async () => {
  python('bin/python3', { moto: '5.2.1' })
  python('old/python3', { moto: '5.0.0' })
  python('own/python3', { moto: '5.2.1' })
  const own = path.join(folder, 'own/python3')
  const old = path.join(folder, 'old/python3')

  await expect(findMoto({ ...env, CARTWRIGHT_MOTO: own })).resolves.toBe(own)
  await expect(findMoto({ ...env, CARTWRIGHT_MOTO: old })).rejects.toThrow(
    `CARTWRIGHT_MOTO is "${old}", which has moto 5.0.0; wanted: a Python 3.10 or newer with moto[server]==5.2.1`,
  )
  await expect(findMoto({ ...env, CARTWRIGHT_MOTO: '/nowhere' })).rejects.toThrow('which has no moto server')
})

interface Fake {
  /** Says that it has this version. */
  readonly moto?: string
  /** What the virtual environments are that it makes: pip refuses, or they have moto once it has run. */
  readonly makes?: { readonly moto?: string; readonly refuses?: string }
}

/** A Python that does three things: says its moto (-c), makes environments (-m venv), and installs (-m pip). */
function python(file: string, { moto = '', makes }: Fake): void {
  const full = path.join(folder, file)
  const inner =
    makes?.refuses === undefined
      ? `case "$1" in -c) echo "${makes?.moto ?? ''}" ;; esac`
      : `case "$1" in -m) echo "${makes.refuses}" >&2; exit 1 ;; esac`
  mkdirSync(path.dirname(full), { recursive: true })
  expect(existsSync(full)).toBe(false)
  writeFileSync(
    full,
    `#!/bin/sh
case "$1" in
  -c) echo "${moto}" ;;
  -m) /bin/mkdir -p "$3/bin"
      printf '#!/bin/sh\\n%s\\n' '${inner}' > "$3/bin/python3"
      /bin/chmod +x "$3/bin/python3" ;;
esac
`,
  )
  chmodSync(full, 0o755)
}
