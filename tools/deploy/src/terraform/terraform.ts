import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { terraformEnvironment } from '@cartwright/local-aws'
import { DeployProblem } from '../problem.ts'
import { follow } from './follow.ts'
import type { PlanJson } from './plan.ts'
import { RunningFile } from './running.ts'
import { type Diagnostic, errorsIn, readSaid, type Said, shownErrors, shownSummary } from './said.ts'

const PLAN = 'plan.out'
/** Where Terraform keeps a state that it could not write to the bucket. */
const UNSAVED = 'errored.tfstate'
const INTERRUPTED = 'interrupted; the same command goes on where it ended'

export interface PlanOptions {
  /** Plans the end of everything. */
  readonly isDestroy?: boolean
}

/** Terraform could not do it; the message says why, in its words. */
export class TerraformFailed extends DeployProblem {
  readonly errors: readonly Diagnostic[]

  constructor(message: string, errors: readonly Diagnostic[]) {
    super(message)
    this.errors = errors
  }
}

/** Terraform was killed: nobody knows what it had begun. The message says how. */
export class TerraformKilled extends DeployProblem {}

interface RunOptions {
  readonly hear?: ((said: Said) => void) | undefined
  /** What it reads. */
  readonly input?: string
}

/** Terraform in the folder of a stack. */
export class Terraform {
  readonly running: RunningFile
  readonly #binary: string
  readonly #folder: string
  readonly #log: string
  #child: ChildProcess | undefined
  /** The bucket that a state which was left here belongs to. */
  #unsavedOf: string | undefined
  #isStopping = false
  #planned: PlanJson | undefined

  constructor(binary: string, folder: string) {
    this.#binary = binary
    this.#folder = folder
    this.#log = path.join(folder, 'terraform.log')
    this.running = new RunningFile(folder)
  }

  /**
   * Forgets the bucket of an earlier run, which another account may have had; the state never moves.
   *
   * @throws {DeployProblem} where the state is not the one that was noted last
   */
  async init(bucket: string): Promise<void> {
    this.#unsavedOf ??= this.#bucketOfLastRun()
    try {
      await this.#succeed('init', ['-reconfigure', `-backend-config=bucket=${bucket}`])
    } catch (error) {
      if (!(error instanceof DeployProblem) || !/does not have the expected content/.test(error.message))
        throw error
      throw new DeployProblem(
        'the state in the bucket is not the one whose digest was noted: a run was killed in between, or the state was ' +
          'deleted or brought back; wanted: --recover, which notes the one that is there',
        { cause: error },
      )
    }
  }

  /** @returns what is going to change in a few words; undefined where nothing is */
  async plan({ isDestroy = false }: PlanOptions = {}): Promise<string | undefined> {
    const args = ['-json', '-detailed-exitcode', `-out=${PLAN}`, ...(isDestroy ? ['-destroy'] : [])]
    this.#planned = undefined
    const code = await this.#run('plan', args)
    if (code === 0 && !this.#isStopping) return undefined
    if (code !== 2 || this.#isStopping) throw this.#failure('plan')
    return shownSummary(this.#said())
  }

  /** What was planned last, whole. Terraform takes seconds to tell, so it is asked once. */
  planned(): PlanJson {
    this.#planned ??= JSON.parse(this.#answer('show', ['-no-color', '-json', PLAN])) as PlanJson
    return this.#planned
  }

  /**
   * Does exactly what was planned last.
   *
   * @param hear gets what Terraform says, when it says it
   */
  async apply(hear?: (said: Said) => void): Promise<void> {
    await this.#succeed('apply', ['-json', PLAN], hear)
  }

  /** The state as it is kept; empty where there is none. */
  pull(): string {
    return this.#answer('state', ['pull']).trim()
  }

  /** Replaces the state by a later one, which never is in a file here. */
  async push(state: string): Promise<void> {
    if ((await this.#run('state push', ['-'], { input: state })) !== 0) throw this.#failure('state push')
  }

  /** Takes something that was only half made for made: what is missing is a change of it. */
  async untaint(address: string): Promise<void> {
    await this.#succeed('untaint', [address])
  }

  /**
   * Brings the state home that an apply could not write to the bucket, where there is one.
   *
   * @returns whether there was
   */
  async bringStateHome(bucket: string): Promise<boolean> {
    const file = path.join(this.#folder, UNSAVED)
    if (!existsSync(file)) return false
    if (this.#unsavedOf !== undefined && this.#unsavedOf !== bucket) {
      throw new DeployProblem(
        `${file} is a state that could not be written to the bucket ${this.#unsavedOf}; wanted: credentials for that one, or the file elsewhere`,
      )
    }
    await this.#succeed('state push', [UNSAVED])
    rmSync(file)
    return true
  }

  /** Leaves what Terraform needs for a next run, and a state that is nowhere else. */
  tidy(): void {
    rmSync(path.join(this.#folder, PLAN), { force: true })
  }

  /**
   * Asks Terraform, once, to end where it can: a second request would make it drop everything.
   *
   * @returns its process id; undefined where it does not run
   */
  stop(): number | undefined {
    if (this.#child === undefined) return undefined
    if (!this.#isStopping) this.#child.kill('SIGINT')
    this.#isStopping = true
    return this.#child.pid
  }

  async #succeed(command: string, args: readonly string[], hear?: (said: Said) => void): Promise<void> {
    if ((await this.#run(command, args, { hear })) !== 0 || this.#isStopping) throw this.#failure(command)
  }

  /**
   * Its output goes to a file and its process group is its own, so that it ends its work when this process is killed, or
   * the terminal is closed.
   */
  async #run(command: string, args: readonly string[], { hear, input }: RunOptions = {}): Promise<number> {
    // A plan that ended well after all is not applied.
    if (this.#isStopping) throw this.#failure(command)
    const log = openSync(this.#log, 'w')
    const listening = hear && follow(this.#log, (line) => hear(readSaid(line) ?? {}))
    try {
      // Written before there is anything to watch: the disk may be full.
      this.running.write(process.pid)
      const child = spawn(this.#binary, [...command.split(' '), ...this.#flags(command), ...args], {
        cwd: this.#folder,
        detached: true,
        stdio: [input === undefined ? 'ignore' : 'pipe', log, log],
        env: this.#environment(),
      })
      const ended = once(child, 'exit')
      if (child.pid !== undefined) this.running.write(child.pid)
      this.#child = child
      child.stdin?.end(input)
      // The arguments of the event.
      const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null]
      // Then its lock is there, too: the file tells that it is nobody's.
      if (code === null) throw this.#killed(command, signal)
      this.running.remove()
      return code
    } finally {
      this.#child = undefined
      closeSync(log)
      listening?.end()
    }
  }

  /** For what only reads, and takes a moment. */
  #answer(command: string, args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(this.#binary, [command, ...args], {
      cwd: this.#folder,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      env: this.#environment(),
    })
    if (status !== 0) throw new DeployProblem(`terraform ${command} failed in ${this.#folder}:\n${stderr}`)
    return stdout
  }

  #flags(command: string): readonly string[] {
    if (command === 'state push') return []
    return command === 'untaint' ? ['-no-color'] : ['-input=false', '-no-color']
  }

  /** Another workspace, chosen by hand, would look for the state elsewhere. */
  #environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...terraformEnvironment(process.env, this.#folder), TF_WORKSPACE: 'default' }
  }

  /** Terraform notes it when it is initialised. */
  #bucketOfLastRun(): string | undefined {
    try {
      const text = readFileSync(path.join(this.#folder, '.terraform/terraform.tfstate'), 'utf8')
      const { backend } = JSON.parse(text) as { backend?: { config?: { bucket?: string } } }
      return backend?.config?.bucket
    } catch {
      return undefined
    }
  }

  #said(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : ''
  }

  /** A Terraform that was asked to end in its first moments, before it listens for that, dies of it. */
  #killed(command: string, signal: NodeJS.Signals | null): DeployProblem {
    if (this.#isStopping && signal === 'SIGINT') return new TerraformKilled(INTERRUPTED)
    return new TerraformKilled(`terraform ${command} was killed (${signal})`)
  }

  #failure(command: string): DeployProblem {
    if (this.#isStopping) return new DeployProblem(INTERRUPTED)
    const said = this.#said().trim()
    const errors = errorsIn(said)
    const reasons = errors.length > 0 ? shownErrors(errors) : said.slice(Math.max(0, said.indexOf('Error: ')))
    return new TerraformFailed(`terraform ${command} failed in ${this.#folder}:\n${reasons}`, errors)
  }
}
