import { execFile } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Child } from '../child.ts'
import type { Usage } from './gauge.ts'

const GAUGE = fileURLToPath(new URL('gauge.ts', import.meta.url))
const BARE_EXPRESS = fileURLToPath(new URL('bare-express.ts', import.meta.url))
const CART_API = fileURLToPath(new URL('../../../../apps/cart-api/', import.meta.url))
/** What `npm start` gives Node to run the cart API; its bundle is made by {@link buildCartApi}. */
export const CART_API_ARGS = [
  '--max-semi-space-size=6',
  '--heap-growing-percent=25',
  `${CART_API}dist/main.js`,
]

/** What both servers write on standard error when they can be asked. */
export const READY = /ready at (http:\/\/\S+)/

/** A server under measurement: a process of its own on a free loopback port. */
export interface Server {
  readonly url: string
  /** What it has used until now. */
  usage(): Promise<Usage>
  stop(): Promise<void>
}

export interface ServerOptions {
  /** For what it writes: logs, the database. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** Bundles the cart API as `npm start` does. */
export async function buildCartApi(signal: AbortSignal): Promise<void> {
  await promisify(execFile)(process.execPath, [`${CART_API}build.ts`], { signal })
}

/** The cart API as users run it, with these settings beside the defaults. */
export function startCartApi(
  settings: Readonly<Record<string, string>>,
  { folder, signal }: ServerOptions,
): Promise<Server> {
  const environment = { PORT: '0', DATA_DIR: folder, ...settings }
  return startServer('the cart API', CART_API_ARGS, environment, { folder, signal })
}

/** @param answerFile the JSON that it answers with */
export function startBareExpress(answerFile: string, options: ServerOptions): Promise<Server> {
  return startServer('bare Express', [BARE_EXPRESS], { ANSWER_FILE: answerFile }, options)
}

async function startServer(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { folder, signal }: ServerOptions,
): Promise<Server> {
  // A file, because that is what logging costs: a pipe would make this process work while it measures.
  const log = openSync(path.join(folder, 'server.log'), 'w')
  const child = new Child(name, process.execPath, ['--import', GAUGE, ...args], {
    // Nothing of the caller's own settings may leak in.
    env: { PATH: process.env['PATH'], ...environment },
    stdout: log,
    ipc: true,
    signal,
  })
  closeSync(log)
  try {
    const url = await child.said(READY)
    return { url, usage: () => child.ask<Usage>('usage'), stop: () => child.stop() }
  } catch (error) {
    await child.stop()
    throw error
  }
}
