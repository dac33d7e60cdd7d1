import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { type Launch, type Launched, launch, NOT_STARTED } from '../../guard/launch.ts'
import type { Image } from '../images.ts'
import type { ContainerDefinition } from '../service.ts'
import { type Health, HealthCheck } from './health-check.ts'
import type { LogDriver } from './log-driver.ts'
import { Programs } from './programs.ts'
import { CannotStart } from './secrets.ts'

export interface ContainerOptions extends Pick<Launch, 'guard' | 'controlGroups'> {
  readonly definition: ContainerDefinition
  readonly image: Image
  /** An existing folder of the task's. */
  readonly folder: string
  readonly network: string
  /** Its environment, once it is known where its programs are. */
  readonly environment: (programs: string) => Readonly<Record<string, string>>
  readonly log: LogDriver | undefined
  readonly tell: (kind: 'container' | 'health' | 'signal', said: string) => void
  readonly exited: (container: Container) => void
  readonly healthChanged: () => void
}

/** A container of a task: one program and its health check. */
export class Container {
  readonly definition: ContainerDefinition
  readonly #options: ContainerOptions
  readonly #programs: Programs
  readonly #environment: Readonly<Record<string, string>>
  #process: Launched | undefined
  #healthCheck: HealthCheck | undefined
  #health: Health = 'UNKNOWN'
  #exitCode: number | undefined

  /** @throws {RehearsalProblem} where its environment contradicts itself */
  constructor(options: ContainerOptions) {
    const { definition, image, network } = options
    const folder = path.join(options.folder, definition.name)
    mkdirSync(folder)
    this.definition = definition
    this.#options = options
    this.#programs = new Programs(folder, image, network)
    this.#environment = options.environment(this.#programs.folder)
  }

  get health(): Health {
    return this.#health
  }

  get exitCode(): number | undefined {
    return this.#exitCode
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  get isRunning(): boolean {
    return this.#process !== undefined && this.#exitCode === undefined
  }

  /** @throws {CannotStart} */
  async start(): Promise<void> {
    const { definition, image, log, tell } = this.#options
    const entryPoint = definition.entryPoint ?? image.entryPoint
    // An entry point of one's own takes the image's command away, as in Docker.
    const command = definition.command ?? (definition.entryPoint === undefined ? image.command : [])
    const wanted = [...entryPoint, ...command]
    const argv = this.#programs.find(wanted)
    if (argv === undefined) {
      throw new CannotStart(
        `CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: exec: "${wanted[0]}": executable file not found in $PATH`,
      )
    }
    const process = await this.#launch(argv)
    this.#process = process
    for (const stream of [process.stdout, process.stderr]) {
      if (log === undefined) stream.resume()
      else log.read(stream)
    }
    tell('container', `runs as process ${process.pid}`)
    void process.exited.then(({ code }) => {
      this.#exitCode = code
      this.#healthCheck?.stop()
      tell('container', `exited with code ${code}`)
      this.#options.exited(this)
    })
    const { healthCheck: settings } = definition
    if (settings === undefined) return
    this.#healthCheck = new HealthCheck({
      settings,
      probe: (signal) => this.#probe(settings.command, signal),
      changed: (health) => {
        this.#health = health
        tell('health', health)
        this.#options.healthChanged()
      },
    })
  }

  /** SIGTERM, and SIGKILL when `stopTimeout` is over (API reference: ContainerDefinition, stopTimeout). */
  async stop(): Promise<void> {
    const process = this.#process
    if (process === undefined || !this.isRunning) return
    this.#healthCheck?.stop()
    this.#options.tell('signal', 'SIGTERM')
    process.signal('SIGTERM')
    const late = setTimeout(() => {
      this.#options.tell('signal', `SIGKILL: it did not end within ${this.definition.stopTimeout} s`)
      process.kill()
    }, this.definition.stopTimeout * 1000)
    await process.exited
    clearTimeout(late)
  }

  /** As when its host fails: no word before. */
  async kill(): Promise<void> {
    const process = this.#process
    if (process === undefined || !this.isRunning) return
    this.#healthCheck?.stop()
    this.#options.tell('signal', 'SIGKILL')
    process.kill()
    await process.exited
  }

  /** Runs its health check's command inside of it. */
  async #probe(command: readonly string[], signal: AbortSignal): Promise<boolean> {
    const [kind, ...rest] = command
    const wanted = kind === 'CMD-SHELL' ? ['sh', '-c', rest.join(' ')] : kind === 'CMD' ? rest : [...command]
    const argv = this.#programs.find(wanted)
    if (argv === undefined) {
      this.#options.tell('health', `the health check's "${wanted[0]}" is not in the image`)
      return false
    }
    const process = await this.#launch(argv)
    signal.addEventListener('abort', () => process.kill())
    if (signal.aborted) process.kill()
    for (const stream of [process.stdout, process.stderr]) stream.resume()
    const { code } = await process.exited
    if (code !== 0) {
      const why = signal.aborted
        ? 'was not done in time'
        : code === NOT_STARTED
          ? 'did not start'
          : `exited with ${code}`
      this.#options.tell('health', `a health check ${why}`)
    }
    return code === 0
  }

  #launch(argv: readonly string[]): Promise<Launched> {
    const { guard, controlGroups, image, definition } = this.#options
    const { openFiles } = definition
    return launch({
      argv,
      environment: this.#environment,
      folder: image.folder,
      guard,
      controlGroups,
      ...(openFiles === undefined ? {} : { openFiles }),
    })
  }
}
