import path from 'node:path'
import { Guard } from '../guard/guard.ts'
import { RehearsalProblem } from '../problem.ts'
import { checkMachine } from './check-machine.ts'
import { Control } from './control.ts'
import { Deployment, findEnvironment } from './deployment.ts'
import type { RehearsalFolder } from './running.ts'
import { Serving } from './serving.ts'
import type { RehearsalState } from './state.ts'
import { Steps } from './steps.ts'
import { Stops } from './stops.ts'
import { withPipelines } from './with-pipelines.ts'

export interface RehearsalOptions {
  /** Its name. */
  readonly environment: string
  readonly folder: RehearsalFolder
  /** Where the API's listener listens here. @default a free one */
  readonly port?: number
  readonly tell: (line: string) => void
  /** Deploys a pipeline, also where the environment's file has none. @default as the file says */
  readonly hasPipeline?: boolean
  /** Releases nothing: the first release is somebody else's. @default the sources' image is released */
  readonly isEmpty?: boolean
  /** Whether `destroy` comes at the end. */
  readonly isDestroyedAfter?: boolean
  /** Told when another command wants it to end. */
  readonly onEndWanted?: () => void
  /** What programs and settings are looked for in. @default process.env */
  readonly env?: NodeJS.ProcessEnv
}

/** An environment, deployed to an AWS on this machine and served by it. */
export class Rehearsal {
  readonly #options: RehearsalOptions
  readonly #steps: Steps
  readonly #abort = new AbortController()
  readonly #stops = new Stops()
  /** Of what serves. */
  readonly #ends = new Stops()
  #work: Promise<unknown> = Promise.resolve()
  #deployment: Deployment | undefined
  #serving: Serving | undefined

  constructor(options: RehearsalOptions) {
    this.#options = options
    this.#steps = new Steps(options.tell)
  }

  /**
   * From nothing to what the deploy commands leave. What it has started by then goes with `stop`, also when it fails.
   *
   * @throws {RehearsalProblem} with what leads to the cause
   */
  deploy(): Promise<Deployment> {
    const deploy = async (): Promise<Deployment> => {
      const { environment: name, folder, port, hasPipeline = false } = this.#options
      const given = this.#options.env ?? process.env
      const declared = await findEnvironment(name, given)
      if (this.#options.isDestroyedAfter && declared.deletionProtection) throw isProtected(name)
      await checkMachine(port)
      folder.claim(name)
      this.#stops.add(async () => folder.release())
      const env = hasPipeline ? withPipelines(path.join(folder.work, 'environments'), given) : given
      const environment = hasPipeline ? await findEnvironment(name, env) : declared
      const guard = await Guard.start(folder.work)
      this.#stops.add(() => guard.stop())
      await guard.watchFolder(folder.work, 'stacks')
      const { url, token } = await this.#openControl()
      const { signal } = this.#abort
      const options = { environment, folder, guard, control: { url, token }, steps: this.#steps, env, signal }
      this.#deployment = await Deployment.start(options, this.#stops)
      return this.#deployment
    }
    return this.#doing(deploy())
  }

  /**
   * Runs what was deployed, releases the API unless it is to be empty, and tries it with the smoke suite.
   *
   * @throws {RehearsalProblem} with what leads to the cause
   */
  serve(): Promise<void> {
    const serve = async (): Promise<void> => {
      const { folder, port } = this.#options
      const deployment = this.#deployed()
      const { signal } = this.#abort
      const { work, temporary } = folder
      const options = { deployment, steps: this.#steps, folder: work, temporary, signal }
      const serving = await Serving.start({ ...options, ...(port === undefined ? {} : { port }) }, this.#ends)
      this.#serving = serving
      if (this.#options.isEmpty !== true) await serving.releaseApi()
    }
    return this.#doing(serve())
  }

  /** Ends what serves; the environment stays deployed. */
  async stopServing(): Promise<void> {
    this.#serving = undefined
    await this.#ends.run()
  }

  /** Deletes the environment as its user would: see {@link Deployment.destroy}. */
  destroy(): Promise<void> {
    return this.#doing(this.#deployed().destroy())
  }

  state(): Promise<RehearsalState> {
    return this.#served().state()
  }

  /** Ends everything, whatever is under way; nothing is left. */
  async stop(): Promise<void> {
    this.#abort.abort(new RehearsalProblem('interrupted'))
    await this.#work.catch(() => undefined)
    await this.stopServing().finally(() => this.#stops.run())
  }

  async #doing<T>(work: Promise<T>): Promise<T> {
    this.#work = work
    return work
  }

  async #openControl(): Promise<Control> {
    const scheduler = () => this.#served().plane.ecs.scheduler
    const control = await Control.start({
      'GET /state': () => this.state(),
      'POST /end': () => this.#options.onEndWanted?.(),
      'POST /tasks/kill': (input) => scheduler().killTask(textOf(input, 'task')),
      'POST /tasks/interrupt': (input) => {
        const order = oneOf(input, 'order', ['at-once', 'before-target'])
        return scheduler().interrupt(textOf(input, 'task'), order)
      },
      'POST /redis/stop': () => this.#served().plane.cache.kill(),
      'POST /redis/start': () => this.#served().plane.cache.restart(),
      'POST /dynamodb': (input) =>
        this.#served().plane.setDynamoFault(oneOf(input, 'fault', ['none', 'throttle', 'down'])),
      'POST /images': (input) => {
        const kind = oneOf(input, 'kind', ['good', 'broken'])
        return this.#served().push(kind, textOf(input, 'tag'))
      },
    })
    this.#stops.add(() => control.stop())
    return control
  }

  #deployed(): Deployment {
    if (this.#deployment === undefined) throw new Error('nothing was deployed; wanted: deploy() before')
    return this.#deployment
  }

  #served(): Serving {
    if (this.#serving !== undefined) return this.#serving
    throw new RehearsalProblem(
      `${this.#options.environment} does not run yet; wanted: a rehearsal that has started`,
    )
  }
}

function isProtected(name: string): RehearsalProblem {
  return new RehearsalProblem(
    `${name} is protected, and its destroy would be refused; wanted: no --once, or deletionProtection: false`,
  )
}

function textOf(input: Readonly<Record<string, unknown>>, name: string): string {
  const value = input[name]
  if (typeof value === 'string') return value
  throw new RehearsalProblem(`${name} is ${JSON.stringify(value)}; wanted: a text`)
}

function oneOf<Word extends string>(
  input: Readonly<Record<string, unknown>>,
  name: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === input[name])
  if (found !== undefined) return found
  throw new RehearsalProblem(`${name} is ${JSON.stringify(input[name])}; wanted: one of ${words.join(', ')}`)
}
