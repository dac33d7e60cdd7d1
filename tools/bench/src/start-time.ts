import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from './child.ts'
import { send } from './request.ts'
import { CART_API_ARGS, READY } from './servers/server.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** A way to start the cart API. */
export interface StartCommand {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
}

export const DIRECT: StartCommand = {
  title: 'node apps/cart-api/dist/main.js',
  command: process.execPath,
  args: CART_API_ARGS,
}
/** With everything installed, as from the second time on. */
export const NPM_START: StartCommand = {
  title: 'npm start',
  command: 'npm',
  args: ['--prefix', ROOT, 'start'],
}

/** Milliseconds from starting the command to the first answer of 200 from `GET /cart`, with a new database. */
export async function startTime(
  { title, command, args }: StartCommand,
  scratch: string,
  signal: AbortSignal,
): Promise<number> {
  const folder = mkdtempSync(path.join(scratch, 'start-'))
  const began = performance.now()
  const child = new Child(title, command, args, {
    env: { ...process.env, PORT: '0', DATA_DIR: folder },
    signal,
  })
  try {
    const url = await child.said(READY)
    await send({ method: 'GET', path: '/cart', headers: { 'X-Cart-ID': 'first-answer' } }, url)
    return performance.now() - began
  } finally {
    await child.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
