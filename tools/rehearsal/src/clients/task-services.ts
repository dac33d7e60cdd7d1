import type { Aws, Credentials, LogEvent, LogStream, SecretRequest } from '../ecs/index.ts'
import { RehearsalProblem } from '../problem.ts'
import type { Clients } from './clients.ts'
import { takeRole } from './role.ts'

/** Who takes the roles of tasks. */
const TASKS = 'ecs-tasks.amazonaws.com'

/** What ECS does on behalf of tasks, at the emulator, which holds each request against the role's policies. */
export class TaskServices implements Aws {
  readonly #admin: Clients
  readonly #byCredentials = new WeakMap<Credentials, Clients>()

  constructor(admin: Clients) {
    this.#admin = admin
  }

  /** Clients that ask with a role's credentials. */
  as(credentials: Credentials | undefined): Clients {
    if (credentials === undefined) {
      throw new RehearsalProblem(
        'the task definition has no execution role; wanted: one, for its secrets and its log',
      )
    }
    const known = this.#byCredentials.get(credentials) ?? this.#admin.as(credentials)
    this.#byCredentials.set(credentials, known)
    return known
  }

  assume(roleArn: string): Promise<Credentials> {
    return takeRole(this.#admin, roleArn, TASKS)
  }

  async secretValue({ secretArn, versionStage, versionId }: SecretRequest, as: Credentials | undefined) {
    const { SecretString: text } = await this.as(as).secrets.getSecretValue({
      SecretId: secretArn,
      ...(versionStage === undefined ? {} : { VersionStage: versionStage }),
      ...(versionId === undefined ? {} : { VersionId: versionId }),
    })
    return text ?? ''
  }

  async parameterValue(parameter: string, as: Credentials | undefined): Promise<string> {
    const name = parameter.startsWith('arn:') ? parameter.replace(/^.*:parameter/, '') : parameter
    const { Parameters = [] } = await this.as(as).ssm.getParameters({ Names: [name], WithDecryption: true })
    const value = Parameters[0]?.Value
    if (value === undefined) throw new Error(`invalid ssm parameters: ${parameter}`)
    return value
  }

  async createLogStream({ group, stream }: LogStream, as: Credentials | undefined): Promise<void> {
    await this.as(as).logs.createLogStream({ logGroupName: group, logStreamName: stream })
  }

  async putLogEvents({ group, stream }: LogStream, events: readonly LogEvent[], as: Credentials | undefined) {
    await this.as(as).logs.putLogEvents({
      logGroupName: group,
      logStreamName: stream,
      logEvents: events.map((event) => ({ ...event })),
    })
  }
}
