import { IamRole } from '#aws/iam-role'
import { IamRolePolicy } from '#aws/iam-role-policy'
import { Construct, Lazy } from '#terraform'
import type { Place } from './place.ts'
import { type Conditions, policyJson, type Statement } from './policy.ts'

export interface RoleProps {
  readonly name: string
  readonly description: string
  /** The AWS service that takes the role, such as `ecs-tasks.amazonaws.com`. */
  readonly service: string
  readonly place: Place
  /**
   * More than the account that a request must come from.
   *
   * @default the account alone
   */
  readonly conditions?: Conditions
}

/**
 * A role that one AWS service takes, for this account only (a confused deputy of another account gets nothing). It begins
 * without rights; the constructs that have something to give grant them.
 *
 * Cost: none.
 */
export class Role extends Construct {
  readonly arn: string
  readonly name: string
  readonly #statements: Statement[] = []
  #policy: IamRolePolicy | undefined

  constructor(scope: Construct, id: string, props: RoleProps) {
    super(scope, id)
    const { name, description, service, place, conditions } = props
    const role = new IamRole(this, 'role', {
      name,
      description,
      assumeRolePolicy: trustJson(service, {
        StringEquals: { 'aws:SourceAccount': place.account },
        ...conditions,
      }),
    })
    this.arn = role.arn
    this.name = role.name
  }

  /** Adds rights; all of them become one policy of the role. */
  allow(statement: Statement): void {
    this.#statements.push(statement)
    this.#policy ??= new IamRolePolicy(this, 'policy', {
      name: 'granted',
      role: this.name,
      policy: Lazy.stringValue({ produce: () => policyJson(this.#statements) }),
    })
  }

  /** What has to be there before the role is used: its rights. */
  get granted(): readonly IamRolePolicy[] {
    return this.#policy === undefined ? [] : [this.#policy]
  }
}

/** Trust policies have no `Resource`. */
function trustJson(service: string, conditions: Conditions): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Take',
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        Condition: conditions,
      },
    ],
  })
}
