// Part of an image's build (../Dockerfile): starts the server once as the image's user, so that V8's compiled code of all that a
// start needs can be kept, and an image whose server does not start is never made.

import { spawn } from 'node:child_process'
import { chmodSync, chownSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'

const APP = import.meta.dirname
/** Node looks for a cache by the user's id, and V8 by its flags: both as the image has them. */
const [USER, ...FLAGS] = process.argv.slice(2)
const CACHE = path.join(APP, 'compile-cache')
const DATA = path.join(APP, 'warm-up-data')
/** For a start on an emulated processor, in milliseconds. */
const PATIENCE = 120_000

const ids = process.getuid() === 0 ? { uid: Number(USER), gid: Number(USER) } : {}
for (const folder of [CACHE, DATA]) {
  mkdirSync(folder)
  if (ids.uid !== undefined) chownSync(folder, ids.uid, ids.gid)
}

await run([path.join(APP, 'dist/main.js')], { isEndedWhenItListens: true })
// Stores and drivers are loaded late, by their settings.
const late = globSync('dist/*.js', { cwd: APP }).filter((file) => !/main\.js$|swagger/.test(file))
await run([
  '--input-type=module',
  '--eval',
  late.map((file) => `await import('${path.join(APP, file)}')`).join('\n'),
])

rmSync(DATA, { recursive: true })
rmSync(import.meta.filename)
// From now on it is read, by whoever the image runs as.
for (const file of [CACHE, ...globSync(`${CACHE}/**/*`)]) {
  if (ids.uid !== undefined) chownSync(file, 0, 0)
  chmodSync(file, statSync(file).isDirectory() ? 0o755 : 0o644)
}

async function run(args, { isEndedWhenItListens = false } = {}) {
  const child = spawn(process.execPath, [...FLAGS, ...args], {
    ...ids,
    cwd: APP,
    env: { ...process.env, NODE_COMPILE_CACHE: CACHE, DATA_DIR: DATA, PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: PATIENCE,
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
    if (isEndedWhenItListens && said.includes('listening')) child.kill('SIGTERM')
  })
  const [code, signal] = await new Promise((resolve) => child.on('close', (...end) => resolve(end)))
  if (code === 0) return
  console.error(said)
  throw new Error(`the server does not start (${signal ?? `exit code ${code}`})`)
}
