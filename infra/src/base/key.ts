import { KmsAlias } from '#aws/kms-alias'
import { KmsKey } from '#aws/kms-key'
import { Construct, Lazy } from '#terraform'
import type { Place } from './place.ts'
import { type Conditions, policyJson, type Statement } from './policy.ts'
import type { Role } from './role.ts'

export interface KeyProps {
  readonly name: string
  readonly place: Place
  /** Whether a destroyed key can be brought back for 30 days; AWS's least is 7. */
  readonly lastCopies: boolean
}

/** A role of an account that is not this one. */
export interface ForeignRole {
  readonly account: string
  readonly roleName: string
}

/** What encrypting and decrypting takes. */
const USE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const

/**
 * The environment's own key, which encrypts the table, the cache, secrets, queues and logs. IAM decides who of the
 * account uses it; each AWS service that uses it on its own has a statement here.
 *
 * Cost: $1 a month, $1 more after each of its first two rotations, and $0.03 for 10,000 uses; DynamoDB, SQS and logs keep what the key unlocked for minutes.
 */
export class Key extends Construct {
  readonly arn: string
  readonly #place: Place
  readonly #statements: Statement[] = []

  constructor(scope: Construct, id: string, { name, place, lastCopies }: KeyProps) {
    super(scope, id)
    this.#place = place
    this.#statements.push({
      sid: 'Account',
      actions: ['kms:*'],
      principals: { AWS: `arn:${place.partition}:iam::${place.account}:root` },
    })
    this.#allowLogs()
    const key = new KmsKey(this, 'key', {
      description: `Encrypts what ${name} keeps`,
      enableKeyRotation: true,
      deletionWindowInDays: lastCopies ? 30 : 7,
      policy: Lazy.stringValue({ produce: () => policyJson(this.#statements) }),
    })
    new KmsAlias(this, 'alias', { name: `alias/${name}`, targetKeyId: key.keyId })
    this.arn = key.arn
  }

  /**
   * Lets an AWS service use the key for what it handles itself.
   *
   * @param conditions on what the service says of itself when it uses a key. Each says something else, and is refused
   *   where it is asked for more. @default none
   */
  allowService(sid: string, service: string, conditions?: Conditions): void {
    this.#statements.push({
      sid,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      principals: { Service: service },
      ...(conditions === undefined ? {} : { conditions }),
    })
  }

  /**
   * Lets a role of another account decrypt, through one AWS service only. Named by a condition: a principal has to be
   * there, and that account may be deployed later.
   */
  allowOtherAccount(sid: string, other: ForeignRole, service: string): void {
    const { partition, region } = this.#place
    this.#statements.push({
      sid,
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      principals: { AWS: `arn:${partition}:iam::${other.account}:root` },
      conditions: {
        StringEquals: {
          'aws:PrincipalArn': `arn:${partition}:iam::${other.account}:role/${other.roleName}`,
          'kms:ViaService': `${service}.${region}.amazonaws.com`,
        },
      },
    })
  }

  /** Lets the role use the key, through one AWS service only. */
  grantUse(role: Role, sid: string, service: string): void {
    role.allow({
      sid,
      actions: USE,
      resources: [this.arn],
      conditions: { StringEquals: { 'kms:ViaService': `${service}.${this.#place.region}.amazonaws.com` } },
    })
  }

  /** CloudWatch Logs says which group it is by the encryption context, and comes from no account. */
  #allowLogs(): void {
    const { region } = this.#place
    this.#statements.push({
      sid: 'Logs',
      actions: USE,
      principals: { Service: `logs.${region}.amazonaws.com` },
      conditions: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': this.#place.arn('logs', 'log-group:*') },
      },
    })
  }
}
