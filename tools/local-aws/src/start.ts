import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EXIT, emulatorArguments, emulatorEnvironment, identityIn, PACKAGE, PATHS } from './emulator.ts'
import { environmentFor, REGION } from './environment.ts'
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
  /** Whose everything is, twelve digits. @default 123456789012 */
  readonly account?: string
  /** An existing one, for settings of Terraform. @default one of its own, which goes with it */
  readonly folder?: string
  /** Rows of emulator/gaps.json that stay as moto ships them; `all` names every one. */
  readonly leaveOpen?: readonly string[]
  /** What programs are looked for with. @default process.env */
  readonly env?: NodeJS.ProcessEnv
}

export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** What the account's owner has from before: an environment only names it. */
export interface Owned {
  readonly hostedZones?: readonly { readonly id: string; readonly name: string }[]
  /** Issued ones. */
  readonly certificates?: readonly { readonly arn: string; readonly names: readonly string[] }[]
}

/** What the scan of every image finds that is pushed from now on. */
export interface ScanFindings {
  readonly repositoryName: string
  /** How many of each, by ECR's names: `{ CRITICAL: 1 }`. */
  readonly severities: Readonly<Record<string, number>>
}

/** Something that policies decided. */
export interface Decision {
  /** ARN of the role or the user. */
  readonly principal: string
  readonly action: string
  readonly resource: string
  /** How often. */
  readonly count: number
}

/** Something that policies refused. */
export type Denial = Decision

/** Something that policies permitted to a role. */
export type Permission = Decision

/** An AWS of one's own, empty, which goes when this process goes. */
export interface LocalAws {
  readonly endpoint: string
  readonly port: number
  readonly pid: number
  readonly region: string
  /**
   * What points Terraform, the AWS CLI and the SDKs at it: `spawn(…, { env: { ...process.env, ...aws.environment } })`.
   * A name with `undefined` is taken away by that.
   */
  readonly environment: NodeJS.ProcessEnv
  /** Ids of all that is in it, by service, region and kind: `{}` for an empty account. */
  inventory(): Promise<Readonly<Record<string, readonly string[]>>>
  /** Lets something be there that nobody makes here; it is not in the inventory. */
  give(owned: Owned): Promise<void>
  /** The tokens that each replication group takes now, which AWS tells nobody; the empty one is a connection without any. */
  redisTokens(): Promise<Readonly<Record<string, readonly string[]>>>
  /**
   * Checks everybody from now on. The keys are those of `local-admin`, who may do everything and take every role, and is
   * not in the inventory; each time the same.
   */
  enforce(): Promise<AccessKey>
  /** What policies have refused since the start. */
  denials(): Promise<readonly Denial[]>
  /** What policies have permitted to roles since everybody is checked. */
  permissions(): Promise<readonly Permission[]>
  /** @throws {LocalAwsProblem} where AWS has no such severity */
  giveFindings(findings: ScanFindings): Promise<void>
  /**
   * Tells a service of ECS as a scheduler outside of the emulator has it: a ServiceReport of tools/rehearsal. From the first
   * one on DescribeServices, ListTasks and DescribeTasks tell what was reported. One call comes after the other.
   *
   * @throws {LocalAwsProblem} where there is no such service; one that was deleted is left as it is
   */
  reportService(report: unknown): Promise<void>
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
  const { env: base = process.env, region = REGION } = options
  const python = await findMoto(base)
  const args = [
    '--until-stdin-ends',
    ...['--port', String(options.port ?? 0)],
    ...(options.account === undefined ? [] : ['--account', options.account]),
    ...(options.leaveOpen === undefined || options.leaveOpen.length === 0
      ? []
      : ['--leave-open', options.leaveOpen.join(',')]),
  ]
  const child = spawn(python, emulatorArguments(args), {
    cwd: PACKAGE,
    env: emulatorEnvironment(base),
    stdio: ['pipe', 'pipe', 'pipe'],
    // Ctrl-C in a terminal is for whoever started it, who may still need it.
    detached: true,
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

  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'local-aws-'))
  const stop = async (): Promise<void> => {
    await end(child)
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
  }
  let environment: NodeJS.ProcessEnv
  try {
    const { endpoint } = identity
    environment = environmentFor({ endpoint, region, base, folder })
  } catch (error) {
    // A setting that cannot be used.
    await stop()
    throw error
  }
  const ask = async <Told>(where: string, body?: string): Promise<Told> => {
    const answer = await fetch(identity.endpoint + where, body === undefined ? {} : { method: 'POST', body })
    if (answer.ok) return (await answer.json()) as Told
    throw new LocalAwsProblem(`${where} answers ${answer.status}: ${await answer.text()}`)
  }
  let reported: Promise<unknown> = Promise.resolve()
  return {
    endpoint: identity.endpoint,
    port: identity.port,
    pid: identity.pid,
    region,
    environment,
    inventory: () => ask(PATHS.inventory),
    give: (owned) => ask(PATHS.owned, JSON.stringify(owned)),
    redisTokens: () => ask(PATHS.redisTokens),
    enforce: () => ask(PATHS.enforce, ''),
    denials: () => ask(PATHS.denials),
    permissions: () => ask(PATHS.permissions),
    giveFindings: (findings) => ask(PATHS.scanFindings, JSON.stringify(findings)),
    reportService: (told) => {
      const report = (): Promise<void> => ask(PATHS.ecsServices, JSON.stringify(told))
      const next = reported.then(report, report)
      reported = next
      return next
    },
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
