import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { terraformEnvironment } from '@cartwright/local-aws'
import { DeployProblem } from '../problem.ts'
import { RunningFile } from './running.ts'

const PLAN = 'plan.out'

/** Terraform in the folder of a stack. */
export class Terraform {
  readonly running: RunningFile
  readonly #binary: string
  readonly #folder: string
  readonly #log: string
  #child: ChildProcess | undefined
  #isStopping = false

  constructor(binary: string, folder: string) {
    this.#binary = binary
    this.#folder = folder
    this.#log = path.join(folder, 'terraform.log')
    this.running = new RunningFile(folder)
  }

  /** Forgets the bucket of an earlier run, which another account may have had; the state never moves. */
  async init(bucket: string): Promise<void> {
    await this.#succeed('init', ['-reconfigure', `-backend-config=bucket=${bucket}`])
  }

  /** @returns what is going to change in a few words; undefined where nothing is */
  async plan(): Promise<string | undefined> {
    const code = await this.#run('plan', ['-detailed-exitcode', `-out=${PLAN}`])
    if (code === 0) return undefined
    if (code !== 2) throw this.#failure('plan')
    const [summary] = /^Plan: .*$/m.exec(this.#said()) ?? []
    return (summary ?? 'Plan: outputs change.').replace(/^Plan: (.*)\.$/, '$1')
  }

  /** Does exactly what was planned last. */
  async apply(): Promise<void> {
    await this.#succeed('apply', [PLAN])
  }

  /** Leaves what Terraform needs for a next run, and nothing of this one. */
  tidy(): void {
    for (const file of [PLAN, 'errored.tfstate']) rmSync(path.join(this.#folder, file), { force: true })
  }

  /**
   * Asks Terraform, once, to end where it can: a second request would make it drop everything.
   *
   * @returns whether it runs
   */
  stop(): boolean {
    if (this.#child === undefined) return false
    if (!this.#isStopping) this.#child.kill('SIGINT')
    this.#isStopping = true
    return true
  }

  async #succeed(command: string, args: readonly string[]): Promise<void> {
    if ((await this.#run(command, args)) !== 0) throw this.#failure(command)
  }

  /**
   * Its output goes to a file and its process group is its own, so that it ends its work when this process is killed, or
   * the terminal is closed.
   */
  async #run(command: string, args: readonly string[]): Promise<number | null> {
    // A plan that ended well after all is not applied.
    if (this.#isStopping) throw this.#failure(command)
    const log = openSync(this.#log, 'w')
    try {
      this.running.remove()
      const child = spawn(this.#binary, [command, '-input=false', '-no-color', ...args], {
        cwd: this.#folder,
        detached: true,
        stdio: ['ignore', log, log],
        // A workspace would look for the state elsewhere.
        env: { ...process.env, ...terraformEnvironment(process.env, this.#folder), TF_WORKSPACE: undefined },
      })
      const ended = once(child, 'exit')
      if (child.pid !== undefined) this.running.write(child.pid)
      this.#child = child
      // The first argument of the event.
      const [code] = (await ended) as [number | null]
      this.running.remove()
      return code
    } finally {
      this.#child = undefined
      closeSync(log)
    }
  }

  #said(): string {
    return existsSync(this.#log) ? readFileSync(this.#log, 'utf8') : ''
  }

  #failure(command: string): DeployProblem {
    if (this.#isStopping) return new DeployProblem('interrupted; the same command goes on where it ended')
    const said = this.#said().trim()
    const errors = said.slice(Math.max(0, said.indexOf('Error: ')))
    return new DeployProblem(`terraform ${command} failed in ${this.#folder}:\n${errors}`)
  }
}
