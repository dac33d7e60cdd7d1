import type { Environment, Names } from '@cartwright/environments'
import { CodestarconnectionsConnection } from '#aws/codestarconnections-connection'
import { DataAwsCodestarconnectionsConnection } from '#aws/data-aws-codestarconnections-connection'
import { Construct } from '#terraform'
import type { Role } from '../base/role.ts'

export interface ConnectionProps
  extends Pick<
    Environment,
    | 'createCodestarConnection'
    | 'codestarProviderType'
    | 'codestarConnectionName'
    | 'codestarConnectionArn'
    | 'codestarHostArn'
    | 'repositoryId'
  > {
  readonly names: Pick<Names, 'connection'>
}

/**
 * The connection to the code host: made here, or one that exists. A new one is PENDING, and no source is read, until
 * somebody authorises it in AWS's console.
 *
 * Cost: none.
 */
export class Connection extends Construct {
  readonly arn: string
  readonly status: string
  readonly #repositoryId: string

  constructor(scope: Construct, id: string, props: ConnectionProps) {
    super(scope, id)
    const connection = props.createCodestarConnection ? this.#make(props) : this.#find(props)
    this.arn = connection.arn
    this.status = connection.connectionStatus
    // Without one nothing is deployed (environments: missingToDeploy).
    this.#repositoryId = props.repositoryId ?? ''
  }

  /**
   * Lets a role read the repository that is delivered: the connection itself reaches whatever it was authorised for. AWS
   * renamed the service, and checks either name; each has a condition of its own name. CodePipeline asks once more, and
   * names no repository then: a condition on one that is not named would refuse it.
   */
  grantUse(role: Role): void {
    for (const [sid, service] of [
      ['UseConnection', 'codeconnections'],
      ['UseConnectionByOldName', 'codestar-connections'],
    ] as const) {
      role.allow({
        sid,
        actions: [`${service}:UseConnection`],
        resources: [this.arn],
        conditions: { StringEqualsIfExists: { [`${service}:FullRepositoryId`]: this.#repositoryId } },
      })
    }
  }

  /** A host says which kind it is: AWS takes host or kind, never both. */
  #make(props: ConnectionProps): CodestarconnectionsConnection {
    const { names, codestarConnectionName, codestarProviderType, codestarHostArn } = props
    return new CodestarconnectionsConnection(this, 'connection', {
      name: codestarConnectionName ?? names.connection,
      ...(codestarHostArn === undefined
        ? { providerType: codestarProviderType }
        : { hostArn: codestarHostArn }),
    })
  }

  #find({ codestarConnectionArn }: ConnectionProps): DataAwsCodestarconnectionsConnection {
    // A rule of the environments: a connection is made or named.
    const arn = codestarConnectionArn as string
    return new DataAwsCodestarconnectionsConnection(this, 'existing', { arn })
  }
}
