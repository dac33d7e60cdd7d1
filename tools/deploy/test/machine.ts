import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findTerraform, type LocalAws, startLocalAws } from '@cartwright/local-aws'

const SRC = path.resolve(import.meta.dirname, '../src')
const ENVIRONMENTS = path.resolve(import.meta.dirname, '../../../environments')

/** The emulator's account. */
export const ACCOUNT = '123456789012'

/** Where the states are. */
export const STATE_BUCKET = `cartwright-tfstate-${ACCOUNT}-eu-west-1`

/** What people would type, after `npm run`. */
const PROGRAMS = {
  bootstrap: ['bootstrap/main.ts', '--yes'],
  rotate: ['rotate/main.ts', '--yes'],
  deploy: ['environment/main.ts', 'deploy', '--yes'],
  diff: ['environment/main.ts', 'diff'],
  destroy: ['environment/main.ts', 'destroy', '--yes'],
  output: ['environment/main.ts', 'output'],
} as const
export type Program = keyof typeof PROGRAMS

/** A command that takes longer hangs, in milliseconds. */
const LIMIT = 8 * 60_000

export interface Ended {
  readonly code: number | null
  /** All that it said, on both streams. */
  readonly said: string
}

export interface Run {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<Ended>
}

/** A machine from which somebody deploys to an AWS of its own: files of environments, and what Terraform leaves. */
export class Machine {
  readonly aws: LocalAws
  /** Everything that is of this machine. */
  readonly folder: string

  static async start(): Promise<Machine> {
    return new Machine(await startLocalAws())
  }

  constructor(aws: LocalAws) {
    this.aws = aws
    this.folder = mkdtempSync(path.join(tmpdir(), 'machine-'))
    mkdirSync(this.#environments)
    writeFileSync(path.join(this.#environments, 'package.json'), '{"type":"module"}')
    for (const file of readdirSync(ENVIRONMENTS).filter((name) => name.endsWith('.ts'))) {
      cpSync(path.join(ENVIRONMENTS, file), path.join(this.#environments, file))
    }
  }

  get #environments(): string {
    return path.join(this.folder, 'environments')
  }

  /** For clients of the SDKs. */
  get place() {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    return { endpoint: this.aws.endpoint, region: 'eu-west-1', forcePathStyle: true, credentials }
  }

  /** Where everything of a stack is. */
  stack(name: string): string {
    return path.join(this.folder, 'out/stacks', name)
  }

  /** Writes something else into an environment's file. */
  change(environment: string, from: string, to: string): void {
    const file = path.join(this.#environments, `${environment}.ts`)
    const text = readFileSync(file, 'utf8')
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
    writeFileSync(file, text.replace(from, to))
  }

  #lastLog(stack: string): string {
    const file = path.join(this.stack(stack), 'terraform.log')
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-2_000) : ''
  }

  /** Leaves a file in a stack's folder. */
  write(stack: string, file: string, text: string): void {
    writeFileSync(path.join(this.stack(stack), file), text)
  }

  /** Forgets what earlier commands left here, as if it were another machine. */
  forget(): void {
    rmSync(path.join(this.folder, 'out'), { recursive: true, force: true })
  }

  start(program: Program, args: readonly string[] = [], variables: NodeJS.ProcessEnv = {}): Run {
    const [file, ...given] = PROGRAMS[program]
    const child = spawn(process.execPath, [path.join(SRC, file), ...given, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...this.aws.environment,
        CDKTF_OUTDIR: path.join(this.folder, 'out'),
        CARTWRIGHT_ENVIRONMENTS: this.#environments,
        ...variables,
      },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    }
    const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: code as number | null, said }))
    return { child, said: () => said, ended }
  }

  async run(program: Program, args?: readonly string[], variables?: NodeJS.ProcessEnv): Promise<Ended> {
    const { child, ended } = this.start(program, args, variables)
    let hung = ''
    const limit = setTimeout(() => {
      hung = `it hung; Terraform said last:\n${this.#lastLog(args?.[0] ?? 'state-backend')}\n${this.aws.lastWords()}`
      child.kill('SIGTERM')
    }, LIMIT)
    const { code, said: all } = await ended
    clearTimeout(limit)
    return { code, said: all + hung }
  }

  /** What an error in the middle of a creation leaves: the state says of a resource that it is only half made. */
  taint(stack: string, type: string): void {
    const { resource } = JSON.parse(readFileSync(path.join(this.stack(stack), 'cdk.tf.json'), 'utf8')) as {
      resource: Record<string, Record<string, unknown>>
    }
    const [id] = Object.keys(resource[type] ?? {})
    const { status, stderr } = spawnSync(findTerraform(), ['taint', `${type}.${id}`], {
      cwd: this.stack(stack),
      encoding: 'utf8',
      env: { ...process.env, ...this.aws.environment },
    })
    if (status !== 0) throw new Error(stderr)
  }

  /** States that lie here; the one in `.terraform` only says where the state is. */
  localStates(): readonly string[] {
    const files = readdirSync(path.join(this.folder, 'out'), { recursive: true, encoding: 'utf8' })
    return files.filter((file) => file.includes('tfstate') && !file.includes('.terraform'))
  }

  async end(): Promise<void> {
    await this.aws.stop()
    // What a failure may come from.
    const words = this.aws.lastWords()
    if (words !== '') console.log(`the emulator said: ${words}`)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The lines of a diff that tell of resources, as `<sign> <type> <attribute>: <before> → <after>`. */
export function changesSaid({ said }: Ended): readonly string[] {
  return said
    .split('\n')
    .filter((line) => /^ {2}(\+|~|-|-\/\+|=|~=) /.test(line) || /^ {6}\S/.test(line))
    .map((line) => line.trim().replace(/\.[\w-]+_[0-9A-F]{8}/, ''))
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50)
}
