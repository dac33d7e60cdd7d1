import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager'
import type { CredentialsSource } from './connection.ts'

export interface SecretOptions {
  /** The secret: the password as it is, or JSON with `password` and perhaps `username`. */
  readonly arn: string
  /** Of the SDK's client; the environment's own where they are missing. */
  readonly client?: Pick<SecretsManagerClientConfig, 'region' | 'endpoint' | 'credentials'>
}

/** How long one attempt to read the secret may take, in milliseconds. */
const TIMEOUT = 2_000

/**
 * The password in Secrets Manager, read once and again when the server refuses it. So a rotation needs no restart: while
 * two passwords hold, connections go on with the old one, and each new one after the old has ended takes the new one.
 */
export function secretCredentials({ arn, client: config }: SecretOptions): CredentialsSource {
  // Reconnecting repeats it, with pauses.
  const client = new SecretsManagerClient({ ...config, maxAttempts: 1 })
  let known: ReturnType<CredentialsSource['current']> | undefined
  const read = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }), {
      abortSignal: AbortSignal.timeout(TIMEOUT),
    })
    return parseSecret(SecretString ?? '')
  }
  return {
    current: () => {
      // What could not be read is read again by whoever asks next.
      known ??= read().catch((error: unknown) => {
        known = undefined
        throw error
      })
      return known
    },
    refused: () => {
      known = undefined
    },
  }
}

/** @throws when it is neither a password nor JSON that has one; the message does not show it. */
export function parseSecret(text: string): { readonly username?: string; readonly password: string } {
  if (text === '') throw new Error('the secret is empty; wanted: a password, or JSON with "password"')
  if (!text.startsWith('{')) return { password: text }
  let secret: unknown
  try {
    secret = JSON.parse(text)
  } catch {
    throw new Error('the secret begins like JSON and is none; wanted: a password, or JSON with "password"')
  }
  const { username, password } = secret as { username?: unknown; password?: unknown }
  if (typeof password !== 'string' || password === '') {
    throw new Error('the secret has no "password"; wanted: a password, or JSON with "password"')
  }
  return typeof username === 'string' && username !== '' ? { username, password } : { password }
}
