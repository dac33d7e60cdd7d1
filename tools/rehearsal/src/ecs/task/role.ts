import type { Credentials } from '../aws.ts'

/** Credentials with less left than this are not handed out again, in milliseconds: SDKs renew theirs five minutes before. */
const ENOUGH = 15 * 60_000

/** A role's credentials, taken anew when the last ones are about to end. */
export function roleCredentials(
  roleArn: string,
  assume: (roleArn: string) => Promise<Credentials>,
): () => Promise<Credentials> {
  let last: Promise<Credentials> | undefined
  return async () => {
    const known = await last?.catch(() => undefined)
    if (known !== undefined && known.expiresAt - Date.now() > ENOUGH) return known
    last = assume(roleArn)
    return last
  }
}
