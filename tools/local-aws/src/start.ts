import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EXIT, emulatorArguments, emulatorEnvironment, identityIn, PACKAGE, PATHS } from './emulator.ts'
import { environmentFor } from './environment.ts'
import { findMoto } from './find/moto.ts'
import { LocalAwsProblem } from './problem.ts'

/** How long it may take to listen, and to end when it is asked to, in milliseconds. */
const PATIENCE = 60_000
/** How much of its last words is kept, in characters. */
const LAST_WORDS = 20_000

export interface LocalAwsOptions {
  /** A free one unless given. */
  readonly port?: number
  /** @default eu-west-1 */
  readonly region?: string
  /** Rows of emulator/gaps.json that stay as moto ships them; `all` names every one. */
  readonly leaveOpen?: readonly string[]
  /** What programs are looked for with. @default process.env */
  readonly env?: NodeJS.ProcessEnv
}

/** An AWS of one's own, empty, which goes when this process goes. */
export interface LocalAws {
  readonly endpoint: string
  readonly port: number
  readonly pid: number
  /**
   * What points Terraform, the AWS CLI and the SDKs at it: `spawn(…, { env: { ...process.env, ...aws.environment } })`.
   * A name with `undefined` is taken away by that.
   */
  readonly environment: NodeJS.ProcessEnv
  /** Ids of all that is in it, by service, region and kind: `{}` for an empty account. */
  inventory(): Promise<Readonly<Record<string, readonly string[]>>>
  /** The tokens that each replication group takes now, which AWS tells nobody; the empty one is a connection without any. */
  redisTokens(): Promise<Readonly<Record<string, readonly string[]>>>
  /** What it has said lately, errors of the emulator itself above all. */
  lastWords(): string
  stop(): Promise<void>
}

/**
 * Starts an emulator on a loopback port. Any number can run at once.
 *
 * @throws {LocalAwsProblem} where there is no moto, or the port is taken
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const base = options.env ?? process.env
  const python = await findMoto(base)
  const args = [
    '--until-stdin-ends',
    ...['--port', String(options.port ?? 0)],
    ...(options.leaveOpen === undefined || options.leaveOpen.length === 0
      ? []
      : ['--leave-open', options.leaveOpen.join(',')]),
  ]
  const child = spawn(python, emulatorArguments(args), {
    cwd: PACKAGE,
    env: emulatorEnvironment(base),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A stop and the end of the input cross each other.
  child.stdin.on('error', () => undefined)
  let said = ''
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS)
  })
  const announced = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(0, LAST_WORDS)
      if (output.includes('\n')) resolve()
    })
  })
  const ended = once(child, 'exit').then(([code]: unknown[]) => code)
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<void>((resolve) => {
    late = setTimeout(resolve, PATIENCE)
  })
  const code = await Promise.race([announced, ended, tooLate])
  clearTimeout(late)
  const identity = identityIn(output)
  if (identity === undefined) {
    await end(child)
    if (code === EXIT.portTaken) throw new LocalAwsProblem(said.trim())
    throw new Error(`the AWS emulator does not start (exit code ${String(code)}):\n${said}`)
  }

  const folder = mkdtempSync(path.join(tmpdir(), 'local-aws-'))
  const stop = async (): Promise<void> => {
    await end(child)
    rmSync(folder, { recursive: true, force: true })
  }
  let environment: NodeJS.ProcessEnv
  try {
    const { endpoint } = identity
    const region = options.region === undefined ? {} : { region: options.region }
    environment = environmentFor({ endpoint, base, folder, ...region })
  } catch (error) {
    // A setting that cannot be used.
    await stop()
    throw error
  }
  const told = async (where: string): Promise<Record<string, string[]>> => {
    const answer = await fetch(identity.endpoint + where)
    return (await answer.json()) as Record<string, string[]>
  }
  return {
    endpoint: identity.endpoint,
    port: identity.port,
    pid: identity.pid,
    environment,
    inventory: () => told(PATHS.inventory),
    redisTokens: () => told(PATHS.redisTokens),
    lastWords: () => said,
    stop,
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  child.kill('SIGTERM')
  await ended
  clearTimeout(late)
}
