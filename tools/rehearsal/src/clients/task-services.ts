import { randomUUID } from 'node:crypto'
import type { Aws, Credentials, LogEvent, LogStream, SecretRequest } from '../ecs/index.ts'
import { RehearsalProblem } from '../problem.ts'
import type { Clients } from './clients.ts'

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

  async assume(roleArn: string): Promise<Credentials> {
    await this.#checkTrust(roleArn)
    const { Credentials: given } = await this.#admin.sts.assumeRole({
      RoleArn: roleArn,
      RoleSessionName: randomUUID(),
    })
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {}
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      throw new Error(`AssumeRole of ${roleArn} answered without credentials`)
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiresAt: Expiration.getTime(),
    }
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

  /** The emulator gives any role to whoever may ask for it; AWS asks the role whom it trusts. */
  async #checkTrust(roleArn: string): Promise<void> {
    const { Role: role } = await this.#admin.iam.getRole({ RoleName: roleArn.split('/').at(-1) ?? '' })
    const document = decodeURIComponent(role?.AssumeRolePolicyDocument ?? '{}')
    // A policy's own form.
    const { Statement = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] }
    const isTrusted = [Statement].flat().some(({ Effect, Principal }) => {
      const services = typeof Principal === 'object' ? [Principal.Service ?? []].flat() : []
      return Effect === 'Allow' && services.includes(TASKS)
    })
    if (!isTrusted) {
      throw new Error(
        `role ${roleArn} does not trust ${TASKS}; wanted: a trust policy that lets it assume the role`,
      )
    }
  }
}

interface Statement {
  readonly Effect?: string
  readonly Principal?: string | { readonly Service?: string | readonly string[] }
}
