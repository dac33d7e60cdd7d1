/**
 * Whether AWS has refused somebody, whatever the request: there are no credentials, their keys are unknown or expired (401,
 * 403), or a policy or the key that encrypts does not allow it, which may be 400.
 */
export function isOfPermission(error: Error): boolean {
  if (/CredentialsProvider|TokenProvider|AccessDenied|NotAuthorized/.test(error.name)) return true
  // What every error of an AWS SDK has that AWS has answered.
  const { $metadata } = error as { $metadata?: { readonly httpStatusCode?: number } }
  return $metadata?.httpStatusCode === 401 || $metadata?.httpStatusCode === 403
}
