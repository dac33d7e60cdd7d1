/** A statement of a policy. Every one has an id, so that a plan tells which one changes. */
export interface Statement {
  readonly sid: string
  /** @default 'Allow' */
  readonly effect?: 'Allow' | 'Deny'
  readonly actions: readonly string[]
  /**
   * `unsaid` for policies of a registry, which refuse the word.
   *
   * @default every resource: for policies of a resource, which mean that one
   */
  readonly resources?: readonly string[] | 'unsaid'
  /** @default none: for policies of a role */
  readonly principals?: '*' | { readonly Service: string | readonly string[] } | { readonly AWS: string }
  /** @default none */
  readonly conditions?: Conditions
}

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>

/** The policy's JSON. References to resources stay references: none of them holds what JSON would have to escape. */
export function policyJson(statements: readonly Statement[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(
      ({ sid, effect = 'Allow', actions, resources = ['*'], principals, conditions }) => ({
        Sid: sid,
        Effect: effect,
        ...(principals === undefined ? {} : { Principal: principals }),
        Action: actions,
        ...(resources === 'unsaid' ? {} : { Resource: resources }),
        ...(conditions === undefined ? {} : { Condition: conditions }),
      }),
    ),
  })
}

/**
 * Refuses whatever comes without TLS.
 *
 * @param actions of the service that is meant. @default all of them; SNS takes only actions by name
 */
export function denyPlainText(
  service: string,
  resources: readonly string[],
  actions: readonly string[] = [`${service}:*`],
): Statement {
  return {
    sid: 'DenyPlainText',
    effect: 'Deny',
    actions,
    resources,
    principals: '*',
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  }
}
