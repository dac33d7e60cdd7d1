import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import { DeployProblem } from '../problem.ts'
import { CURRENT, holderOf, type Labels, PENDING } from './step.ts'

export interface TokenSecretProps {
  readonly region: string
  readonly secretArn: string
}

/** The secret that holds the token, in versions that are never changed. */
export class TokenSecret {
  readonly #client: SecretsManagerClient
  readonly #it: { readonly SecretId: string }

  constructor({ region, secretArn }: TokenSecretProps) {
    this.#client = new SecretsManagerClient({ region })
    this.#it = { SecretId: secretArn }
  }

  /**
   * The labels of all versions, and the version that the API reads.
   *
   * @throws {DeployProblem} where there is none
   */
  async look(): Promise<{ readonly labels: Labels; readonly current: string }> {
    const labels = await this.#labels()
    const current = holderOf(CURRENT, labels)
    if (current === undefined) {
      throw new DeployProblem(`the secret ${this.#it.SecretId} has no value; wanted: a deployed environment`)
    }
    return { labels, current }
  }

  async token(version: string): Promise<string> {
    const { SecretString: token = '' } = await this.#client.send(
      new GetSecretValueCommand({ ...this.#it, VersionId: version }),
    )
    return token
  }

  /** Refused where the version is there, and holds another token. */
  async write(version: string, token: string): Promise<void> {
    await this.#client.send(
      new PutSecretValueCommand({
        ...this.#it,
        ClientRequestToken: version,
        SecretString: token,
        VersionStages: [PENDING],
      }),
    )
  }

  /** Moves a label from where it is known to be; refused where it is elsewhere by now. */
  async move(label: string, to: string, from: string | undefined): Promise<void> {
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        ...this.#it,
        VersionStage: label,
        MoveToVersionId: to,
        RemoveFromVersionId: from,
      }),
    )
  }

  async #labels(): Promise<Labels> {
    try {
      const { VersionIdsToStages = {} } = await this.#client.send(new DescribeSecretCommand(this.#it))
      return new Map(Object.entries(VersionIdsToStages))
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error
      throw new DeployProblem(`there is no secret ${this.#it.SecretId}; wanted: a deployed environment`)
    }
  }
}
