import type { Aws, Credentials } from '../aws.ts'
import type { SecretReference } from '../service.ts'

/** A task that cannot start; the message is the stopped reason as Fargate words it. */
export class CannotStart extends Error {}

/**
 * The values of `secrets`, fetched with the execution role (developer guide, "Pass Secrets Manager secrets through Amazon
 * ECS environment variables" and "Pass Systems Manager parameters through Amazon ECS environment variables").
 *
 * @throws {CannotStart}
 */
export async function secretValues(
  secrets: readonly SecretReference[],
  aws: Aws,
  as: Credentials | undefined,
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {}
  for (const { name, valueFrom } of secrets) values[name] = await secretValue(valueFrom, aws, as)
  return values
}

async function secretValue(valueFrom: string, aws: Aws, as: Credentials | undefined): Promise<string> {
  const [, , service] = valueFrom.split(':')
  if (service !== 'secretsmanager') {
    return aws.parameterValue(valueFrom, as).catch((error: unknown) => {
      throw refused('unable to retrieve secrets from ssm', reasonOf(error), error)
    })
  }
  const { secretArn, jsonKey, ...version } = readSecretReference(valueFrom)
  const text = await aws.secretValue({ secretArn, ...version }, as).catch((error: unknown) => {
    const said = `failed to fetch secret ${secretArn} from secrets manager: ${reasonOf(error)}`
    throw refused('unable to retrieve secret from asm', said, error)
  })
  return jsonKey === undefined ? text : valueIn(text, jsonKey, secretArn)
}

/**
 * Reads `arn:aws:secretsmanager:region:account:secret:name:json-key:version-stage:version-id`, of which the last three may
 * be empty or missing.
 */
export function readSecretReference(valueFrom: string): {
  readonly secretArn: string
  readonly jsonKey?: string
  readonly versionStage?: string
  readonly versionId?: string
} {
  const parts = valueFrom.split(':')
  const [jsonKey, versionStage, versionId] = parts.slice(7)
  return {
    secretArn: parts.slice(0, 7).join(':'),
    ...(jsonKey ? { jsonKey } : {}),
    ...(versionStage ? { versionStage } : {}),
    ...(versionId ? { versionId } : {}),
  }
}

/** The text of the secret never gets into a message. */
function valueIn(text: string, key: string, secretArn: string): string {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw refused(
      'unable to retrieve secret from asm',
      `secret ${secretArn} is not JSON, wanted for key ${key}`,
    )
  }
  const value =
    typeof read === 'object' && read !== null ? Object.entries(read).find(([one]) => one === key) : undefined
  if (value === undefined) {
    const said = `retrieved secret from Secrets Manager did not contain json key ${key}`
    throw refused('unable to retrieve secret from asm', said)
  }
  return typeof value[1] === 'string' ? value[1] : JSON.stringify(value[1])
}

function refused(what: string, said: string, cause?: unknown): CannotStart {
  return new CannotStart(
    `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ${what}: service call has been retried 1 time(s): ${said}`,
    { cause },
  )
}

/** AWS's answer by its name and its words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
