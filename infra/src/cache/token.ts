import type { Environment } from '@cartwright/environments'
import { DataAwsSecretsmanagerRandomPassword } from '#aws/data-aws-secretsmanager-random-password'
import { SecretsmanagerSecret } from '#aws/secretsmanager-secret'
import { SecretsmanagerSecretVersion } from '#aws/secretsmanager-secret-version'
import { Construct, TerraformStack } from '#terraform'
import type { Key } from '../base/key.ts'
import type { Role } from '../base/role.ts'

export interface CacheTokenProps extends Pick<Environment, 'lastCopies'> {
  /** What the secret's name begins with. */
  readonly name: string
  readonly key: Key
}

/** AWS takes 16 to 128 characters, and none of `@ " /`: letters and digits are enough. */
const SHAPE = { password_length: 64, exclude_punctuation: true } as const

/**
 * The token that Redis asks for. The provider cannot pass one to ElastiCache without keeping it in the state, so there
 * are two, and the state never holds the one that lives:
 *
 *     deploy     group made with the throw-away token (it is in the state) ─ secret written past the state
 *     rotation   ROTATE: Redis takes a new token too ─ secret: the new one ─ SET: Redis takes it alone
 *
 * Every rotation adds a version to the secret; the one that Terraform wrote stays what it was, and nobody reads it.
 * AWS may delete a version that has lost its last label, which the second rotation takes from it; a plan would then make
 * it again, as the current one, over the token that lives. Hence a label of its own, which no rotation moves.
 *
 * Cost: $0.40 a month.
 */
export class CacheToken extends Construct {
  readonly secretArn: string
  /** The token that the group is made with. */
  readonly throwAway: string
  readonly #key: Key

  constructor(scope: Construct, id: string, { name, key, lastCopies }: CacheTokenProps) {
    super(scope, id)
    this.#key = key
    const secret = new SecretsmanagerSecret(this, 'secret', {
      // A name is taken as long as its secret can be brought back: the next deploy gets another.
      namePrefix: `${name}-`,
      description: 'The token that Redis asks for',
      kmsKeyId: key.arn,
      recoveryWindowInDays: lastCopies ? 30 : 0,
    })
    this.secretArn = secret.arn
    new SecretsmanagerSecretVersion(this, 'first', {
      secretId: secret.id,
      secretStringWo: this.#makeEphemeral(),
      secretStringWoVersion: 1,
      versionStages: ['AWSCURRENT', 'CARTWRIGHT_FIRST'],
      // The rotation moves AWSCURRENT; a plan that moved it back would lock the API out. So would one that made the version
      // again because it was taken over (recovering a lost state): the provider then reads its value, which no Redis takes,
      // and no number.
      lifecycle: { ignoreChanges: ['version_stages', 'secret_string', 'secret_string_wo_version'] },
    })
    this.throwAway = new DataAwsSecretsmanagerRandomPassword(this, 'throw-away', {
      passwordLength: SHAPE.password_length,
      excludePunctuation: SHAPE.exclude_punctuation,
    }).randomPassword
  }

  grantRead(role: Role): void {
    role.allow({
      sid: 'ReadRedisToken',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [this.secretArn],
    })
    this.#key.grantUse(role, 'UseTokenKey', 'secretsmanager')
  }

  /** An ephemeral resource, which Terraform keeps nowhere. CDKTF has no class for them. */
  #makeEphemeral(): string {
    TerraformStack.of(this).addOverride('ephemeral.aws_secretsmanager_random_password.redis', SHAPE)
    return `\${ephemeral.aws_secretsmanager_random_password.redis.random_password}`
  }
}
