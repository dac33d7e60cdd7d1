import path from 'node:path'
import { BadEnvironments, type Environment, readEnvironments } from '@cartwright/environments'
import { type LocalAws, type Owned, startLocalAws } from '@cartwright/local-aws'
import { Clients, type Keys } from '../clients/index.ts'
import type { Guard } from '../guard/guard.ts'
import { RehearsalProblem } from '../problem.ts'
import { type ProgramName, runProgram } from './programs.ts'
import type { RehearsalFolder, Running } from './running.ts'
import type { Steps } from './steps.ts'
import type { Stops } from './stops.ts'

export interface DeploymentOptions {
  readonly environment: Environment
  /** Claimed. */
  readonly folder: RehearsalFolder
  readonly guard: Guard
  readonly control: Running['control']
  readonly steps: Steps
  readonly env: NodeJS.ProcessEnv
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

/** An environment in an AWS of its own, as the deploy commands leave it. From then on policies decide who may do what. */
export class Deployment {
  readonly environment: Environment
  readonly guard: Guard
  readonly aws: LocalAws
  /** Everybody but tasks: may do everything. */
  readonly clients: Clients
  readonly #options: DeploymentOptions
  readonly #variables: NodeJS.ProcessEnv
  /** Writes them down for other commands. */
  readonly #tell: () => void

  /**
   * @param stops gets what ends it, also where it fails
   * @throws {RehearsalProblem} where it cannot be deployed
   */
  static async start(options: DeploymentOptions, stops: Stops): Promise<Deployment> {
    const { environment, folder, control, steps, env, guard } = options
    const { name } = environment
    const aws = await steps.run('local AWS', () => startAws(options, stops))
    const files = env['CARTWRIGHT_ENVIRONMENTS']
    const variables: NodeJS.ProcessEnv = {
      ...aws.environment,
      CDKTF_OUTDIR: folder.work,
      // Other commands are to read the same files.
      ...(files ? { CARTWRIGHT_ENVIRONMENTS: path.resolve(files) } : {}),
    }
    const place = { endpoint: aws.endpoint, region: environment.region }
    const write = (keys: Keys): void => {
      const told = Object.entries(variables).map(([name, value]) => [name, value ?? null])
      folder.write({
        environment: name,
        control,
        aws: { ...place, keys },
        variables: Object.fromEntries(told),
      })
    }
    write({ accessKeyId: 'local', secretAccessKey: 'local' })
    const { temporary } = folder
    const programs = { ...options, temporary, environment: { ...env, ...variables } }
    try {
      await steps.run('state backend', (note) => runProgram(programs, 'bootstrap', [], note))
      await steps.run(`deploy ${name}`, (note) => runProgram(programs, 'deploy', [name], note))
    } catch (error) {
      throw withLastWords(error, aws)
    }
    const keys = await aws.enforce()
    variables['AWS_ACCESS_KEY_ID'] = keys.accessKeyId
    variables['AWS_SECRET_ACCESS_KEY'] = keys.secretAccessKey
    write(keys)
    const clients = new Clients(place, keys)
    const tell = (): void => write(keys)
    return new Deployment(options, { environment, guard, aws, clients, variables, tell })
  }

  private constructor(
    options: DeploymentOptions,
    parts: Pick<Deployment, 'environment' | 'guard' | 'aws' | 'clients'> & {
      readonly variables: NodeJS.ProcessEnv
      readonly tell: () => void
    },
  ) {
    this.#options = options
    this.environment = parts.environment
    this.guard = parts.guard
    this.aws = parts.aws
    this.clients = parts.clients
    this.#variables = parts.variables
    this.#tell = parts.tell
  }

  /** What also points other commands at it. */
  addVariables(variables: Readonly<Record<string, string>>): void {
    Object.assign(this.#variables, variables)
    this.#tell()
  }

  /**
   * Sees that another deploy would change nothing, and deletes the environment and the state backend as their user would.
   *
   * @throws {RehearsalProblem} where that is not so, or AWS has something left then
   */
  async destroy(): Promise<void> {
    const { steps } = this.#options
    const { name } = this.environment
    await steps.run('another deploy changes nothing', (note) => this.run('diff', [name], note))
    await steps.run(`destroy ${name}`, (note) => this.run('destroy', [name], note))
    await steps.run('destroy the state backend', (note) => this.run('bootstrap', ['--destroy'], note))
    const left = Object.entries(await this.aws.inventory()).flatMap(([kind, ids]) => {
      // AWS keeps keys for a while, and destroy has told which.
      const kept = ids.filter((id) => !id.endsWith(' (to be deleted)'))
      return kept.length === 0 ? [] : [`${kind}: ${kept.join(', ')}`]
    })
    if (left.length === 0) return
    throw new RehearsalProblem(`the destroyed environment has left in AWS:\n  ${left.join('\n  ')}`)
  }

  /**
   * Runs one of the deploy commands as its user would; `diff` fails where there are changes.
   *
   * @throws {RehearsalProblem} with what it said, where it fails
   */
  async run(program: ProgramName, args: readonly string[], note: (line: string) => void): Promise<void> {
    const { env, signal, folder } = this.#options
    const environment = { ...env, ...this.#variables }
    await runProgram(
      { guard: this.guard, environment, temporary: folder.temporary, signal },
      program,
      args,
      note,
    )
  }
}

/** @throws {RehearsalProblem} where there is none, or a file of any cannot be used */
export async function findEnvironment(name: string, env: NodeJS.ProcessEnv): Promise<Environment> {
  const environments = await readEnvironments(env).catch((error: unknown) => {
    throw error instanceof BadEnvironments ? new RehearsalProblem(error.message) : error
  })
  const found = environments.find((one) => one.name === name)
  if (found !== undefined) return found
  const names = environments.map((one) => one.name).join(', ')
  throw new RehearsalProblem(`there is no environment "${name}"; wanted: ${names}`)
}

async function startAws({ environment, folder, env }: DeploymentOptions, stops: Stops): Promise<LocalAws> {
  const { region, accountId } = environment
  const aws = await startLocalAws({
    region,
    ...(accountId === undefined ? {} : { account: accountId }),
    folder: folder.temporary,
    env,
  })
  stops.add(() => aws.stop())
  await aws.give(ownedFor(environment))
  return aws
}

/** A failure of the emulator shows as one of Terraform's. */
function withLastWords(error: unknown, aws: LocalAws): unknown {
  const words = aws.lastWords().trim()
  if (words === '' || !(error instanceof RehearsalProblem)) return error
  return new RehearsalProblem(`${error.message}\nlocal AWS said:\n${words}`, { cause: error })
}

/** What the environment's file names, and its owner has made before: the zone of its domain, and its certificate. */
function ownedFor({ domainName, hostedZoneId, certificateArn }: Environment): Owned {
  if (domainName === undefined) return {}
  const parent = domainName.split('.').slice(1).join('.')
  const zone = parent.includes('.') ? parent : domainName
  return {
    hostedZones: hostedZoneId === undefined ? [] : [{ id: hostedZoneId, name: zone }],
    certificates: certificateArn === undefined ? [] : [{ arn: certificateArn, names: [domainName] }],
  }
}
