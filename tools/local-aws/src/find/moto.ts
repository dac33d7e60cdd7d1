import { execFile } from 'node:child_process'
import { globSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from '../cache-folder.ts'
import { LocalAwsProblem } from '../problem.ts'
import { setting } from '../settings.ts'
import { isExecutable, onPath } from './on-path.ts'

/** Exactly this one: the emulator changes parts of it that are nobody's interface. */
export const MOTO = { version: '5.2.1', package: 'moto[server]==5.2.1' } as const

/** Says the version of moto where its server can run too. Imports nothing of it, which would take a second. */
const CHECK = `
import sys
from importlib.metadata import version
from importlib.util import find_spec
if sys.version_info >= (3, 10) and find_spec("flask") and find_spec("flask_cors"):
    print(version("moto"))
`

/** How long a Python may take to say what it has, and an installation, in milliseconds. */
const CHECK_PATIENCE = 20_000
const INSTALL_PATIENCE = 240_000

const run = promisify(execFile)

/**
 * A Python that has moto: the one that is set, one that is found, or one in a virtual environment of our own, made now.
 *
 * @param tell is told of an installation, which takes a while
 * @throws {LocalAwsProblem} naming the ways to get it
 */
export async function findMoto(
  env: NodeJS.ProcessEnv,
  tell: (line: string) => void = () => {},
): Promise<string> {
  const set = setting('CARTWRIGHT_MOTO', env)
  if (set !== undefined) {
    const seen = await motoOf(set, env)
    if (seen === MOTO.version) return set
    throw new LocalAwsProblem(
      `CARTWRIGHT_MOTO is "${set}", which ${seen === undefined ? 'has no moto server' : `has moto ${seen}`}; ` +
        `wanted: a Python 3.10 or newer with ${MOTO.package}`,
    )
  }
  const own = path.join(cacheFolder(env), `moto-${MOTO.version}`)
  const candidates = [
    ...new Set([...pythonsOf(own), ...onPath('python3', env), ...onPath('python', env), ...known(env)]),
  ]
  for (const python of candidates) {
    if ((await motoOf(python, env)) === MOTO.version) return python
  }
  return install(own, env, tell)
}

/** Where virtual environments with tools usually are. */
function known(env: NodeJS.ProcessEnv): string[] {
  const home = env['HOME'] || homedir()
  const folders = [
    env['VIRTUAL_ENV'],
    path.join(import.meta.dirname, '../../../../.venv'),
    ...globSync(path.join(env['PYENV_ROOT'] || path.join(home, '.pyenv'), 'versions', '*')),
    path.join(home, '.local/share/pipx/venvs/moto'),
    path.join(home, '.local/pipx/venvs/moto'),
    path.join(home, '.local/share/uv/tools/moto'),
  ]
  return folders.flatMap((folder) => (folder ? pythonsOf(folder) : []))
}

function pythonsOf(folder: string): string[] {
  return [path.join(folder, 'bin', 'python3')].filter(isExecutable)
}

async function motoOf(python: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await run(python, ['-c', CHECK], { env, timeout: CHECK_PATIENCE })
    return stdout.trim() || undefined
  } catch {
    return undefined
  }
}

async function install(
  folder: string,
  env: NodeJS.ProcessEnv,
  tell: (line: string) => void,
): Promise<string> {
  const problems: string[] = []
  for (const python of onPath('python3', env)) {
    tell(`installing ${MOTO.package} into ${folder}…`)
    // Beside its place until it is complete. Of two at the same time one is kept.
    const partial = `${folder}.${process.pid}`
    try {
      mkdirSync(partial, { recursive: true })
      const limits = { env, timeout: INSTALL_PATIENCE }
      await run(python, ['-m', 'venv', partial], limits)
      const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--retries', '1', '--quiet']
      await run(path.join(partial, 'bin', 'python3'), [...pip, MOTO.package], limits)
      rmSync(folder, { recursive: true, force: true })
      renameSync(partial, folder)
    } catch (error) {
      problems.push(`${python}: ${lastLine((error as { stderr?: string }).stderr || String(error))}`)
    } finally {
      rmSync(partial, { recursive: true, force: true })
    }
    const [installed] = pythonsOf(folder)
    if (installed !== undefined && (await motoOf(installed, env)) === MOTO.version) return installed
  }
  throw new LocalAwsProblem(missing(problems))
}

function missing(problems: readonly string[]): string {
  const tried = problems.length === 0 ? 'there is no python3 on PATH' : problems.join('; ')
  return `the AWS emulator needs a Python 3.10 or newer with ${MOTO.package}, and none was found or could be made (${tried}). One of these helps:
  python3 -m pip install '${MOTO.package}'        into the Python that is on PATH
  pipx install '${MOTO.package}'                  or uv tool install '${MOTO.package}'
  CARTWRIGHT_MOTO=/path/to/bin/python3 …           names a Python that has it`
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? ''
}
