import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { installDependencies } from './dependencies.mjs'
import { LaunchProblem } from './launch-problem.mjs'
import { assertNodeWithin, chooseNode } from './node-version.mjs'
import { runInPlace } from './run-in-place.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/**
 * Does what the command line asks for and ends this process with the program's exit code, or with 1 and one
 * line on stderr when the program could not be started.
 *
 * @param {string[]} args what stands after `launch.mjs`
 */
export async function start(args) {
  try {
    process.exit(await launch(args))
  } catch (error) {
    if (!isForTheUser(error)) throw error
    console.error(`cartwright: ${error.message}`)
    process.exit(1)
  }
}

/**
 * A problem of ours, or one of the system's (no right to write, a full disk), whose message names the file.
 *
 * @param {unknown} error
 * @returns {error is Error}
 */
function isForTheUser(error) {
  return error instanceof LaunchProblem || (error instanceof Error && 'syscall' in error)
}

/** @param {string[]} args */
async function launch(args) {
  const first = args[0] === '--first' ? args[1] : undefined
  const [program, ...rest] = first === undefined ? args : args.slice(2)
  if (program === undefined || program === '--first' || (program === '--bin' && rest.length === 0)) {
    throw new LaunchProblem(
      `nothing to run: got "${args.join(' ')}", ` +
        'wanted "[--first <file.ts>] <file.ts> [argument…]" or "--bin <tool> [argument…]"',
    )
  }
  assertNodeWithin()
  await installDependencies(root)
  const node = chooseNode(root)
  const tools = join(root, 'node_modules', '.bin')
  const command =
    program === '--bin'
      ? { file: join(tools, String(rest[0])), args: rest.slice(1) }
      : { file: node, args: [program, ...rest] }
  const before = first === undefined ? [] : [{ file: node, args: [first] }]
  return runInPlace([...before, command], environment([dirname(node), tools]))
}

/**
 * The pinned Node and the installed tools come first on PATH, so that whatever the program starts agrees with it.
 *
 * @param {string[]} folders
 */
function environment(folders) {
  const path = [...folders, process.env['PATH']].filter(Boolean).join(':')
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
}
