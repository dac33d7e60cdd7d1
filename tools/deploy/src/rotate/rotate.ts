import { DeployProblem } from '../problem.ts'
import type { Tell } from '../tell.ts'
import { isSame, Redis } from './redis.ts'
import { TokenSecret } from './secret.ts'
import { CURRENT, holderOf, isLive, liveLabel, nextStep, type Situation, type Step } from './step.ts'
import { newToken } from './token.ts'

export interface RotateOptions {
  readonly region: string
  readonly replicationGroupId: string
  /** What the stack's output `redis_secret_arn` says. */
  readonly secretArn: string
  readonly tell: Tell
  /** The longest pause between two looks at Redis, in milliseconds. @default 10 000 */
  readonly interval?: number
}

/** How often in a row another run may be faster. */
const LOST_RACES = 10

/** What AWS answers to a call that comes too late: what is there is no longer what it was made for. */
const LATE = /^(InvalidReplicationGroupState|InvalidParameter|Resource(Exists|NotFound))/

/**
 * Whether the token that the API reads is not, or not for certain, the only one that Redis takes: after the first apply,
 * after one that replaced the replication group or the secret, and where a rotation ended between `name` and `set`.
 *
 * @throws {DeployProblem}
 */
export async function isFirstRotationDue(options: RotateOptions): Promise<boolean> {
  return !isLive(await new Rotation(options).look())
}

/**
 * Lets Redis take what the API reads, where it does not do so for certain; otherwise does nothing. To be called after each
 * `terraform apply`.
 *
 * @returns whether there was anything to do
 * @throws {DeployProblem}
 */
export async function ensureFirstRotation(options: RotateOptions): Promise<boolean> {
  const rotation = new Rotation(options)
  if (isLive(await rotation.look())) return false
  await rotation.run(isLive)
  return true
}

/**
 * Replaces the token, or ends the rotation that an interrupted run began:
 *
 *     write    AWSPENDING: the new token is in the secret, and nobody reads it
 *     rotate   Redis takes the old and the new
 *     name     AWSCURRENT: who reads the secret from now on gets the new
 *     set      Redis takes the new alone
 *
 * The API is never without a valid token. Its connections stay when tokens change; each new one is made with the token
 * that it has read before, until Redis refuses that: then it reads the secret again (`secretCredentials` of
 * packages/cart-store, by `refused`). What it reads is valid at any time, as `name` comes after `rotate`.
 *
 * @throws {DeployProblem}
 */
export async function rotateToken(options: RotateOptions): Promise<void> {
  const rotation = new Rotation(options)
  const first = await rotation.look()
  await rotation.run((now) => isLive(now) && !(isLive(first) && now.current === first.current))
}

class Rotation {
  readonly #redis: Redis
  readonly #secret: TokenSecret
  readonly #tell: Tell
  /** The version that this run has let the API read. */
  #named: string | undefined

  constructor({ interval = 10_000, ...options }: RotateOptions) {
    this.#redis = new Redis({ ...options, interval })
    this.#secret = new TokenSecret(options)
    this.#tell = options.tell
  }

  /** Both as they were at one moment: a version that were said to follow an older change would be taken for rotated. */
  async look(): Promise<Situation> {
    for (;;) {
      const before = await this.#redis.settled()
      const secret = await this.#secret.look()
      const after = await this.#redis.settled()
      if (isSame(before, after)) return { ...after, ...secret }
    }
  }

  /** Goes step by step, and looks at what is there before each: another run may do the same rotation. */
  async run(isOver: (situation: Situation) => boolean): Promise<void> {
    let races = 0
    for (;;) {
      const situation = await this.look()
      if (isOver(situation)) return
      try {
        await this.#take(nextStep(situation, this.#named), situation)
        races = 0
      } catch (error) {
        if (!(error instanceof Error) || !LATE.test(error.name)) throw error
        races += 1
        if (races > LOST_RACES) {
          throw new DeployProblem(`AWS refuses the rotation (${error.name}: ${error.message})`, {
            cause: error,
          })
        }
        this.#tell('something has changed meanwhile, perhaps by another run: looking again')
        this.#named = undefined
      }
    }
  }

  async #take({ does, version }: Step, situation: Situation): Promise<void> {
    switch (does) {
      case 'write':
        await this.#secret.write(version, newToken())
        this.#tell('wrote a new token to the secret')
        return
      case 'rotate':
        await this.#redis.change('ROTATE', await this.#secret.token(version), situation)
        this.#tell('Redis takes the new token, and the one before')
        return
      case 'name':
        await this.#secret.move(CURRENT, version, situation.current)
        this.#named = version
        this.#tell('the API reads the new token')
        return
      case 'set':
        await this.#redis.change('SET', await this.#secret.token(version), situation)
        await this.#secret.move(
          liveLabel(situation),
          version,
          holderOf(liveLabel(situation), situation.labels),
        )
        this.#tell('Redis takes the new token alone')
    }
  }
}
