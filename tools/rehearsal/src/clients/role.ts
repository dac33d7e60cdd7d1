import { randomUUID } from 'node:crypto'
import type { Credentials } from '../ecs/index.ts'
import type { Clients } from './clients.ts'

interface Statement {
  readonly Effect?: string
  readonly Principal?: string | { readonly Service?: string | readonly string[] }
}

/**
 * Credentials of a role, as one of AWS's services takes it. The emulator gives any role to whoever may ask for it; AWS asks
 * the role whom it trusts.
 *
 * @param service such as `ecs-tasks.amazonaws.com`
 * @throws {Error} where the role does not trust it
 */
export async function takeRole(
  { iam, sts }: Clients,
  roleArn: string,
  service: string,
): Promise<Credentials> {
  const { Role: role } = await iam.getRole({ RoleName: roleArn.split('/').at(-1) ?? '' })
  const document = decodeURIComponent(role?.AssumeRolePolicyDocument ?? '{}')
  // A policy's own form.
  const { Statement = [] } = JSON.parse(document) as { Statement?: Statement | Statement[] }
  const isTrusted = [Statement].flat().some(({ Effect, Principal }) => {
    const services = typeof Principal === 'object' ? [Principal.Service ?? []].flat() : []
    return Effect === 'Allow' && services.includes(service)
  })
  if (!isTrusted) {
    throw new Error(
      `role ${roleArn} does not trust ${service}; wanted: a trust policy that lets it assume the role`,
    )
  }
  const { Credentials: given } = await sts.assumeRole({ RoleArn: roleArn, RoleSessionName: randomUUID() })
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
