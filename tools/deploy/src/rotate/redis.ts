import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AuthTokenUpdateStrategyType,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
  ModifyReplicationGroupCommand,
} from '@aws-sdk/client-elasticache'
import { DeployProblem } from '../problem.ts'
import type { Tell } from '../tell.ts'

/** How long Redis may be changed, in milliseconds: a change of the nodes takes the longest. */
const PATIENCE = 60 * 60_000

/** The first pause between two looks, in milliseconds; each is twice as long as the one before. */
const FIRST_PAUSE = 250

/** How often the token of a group at rest may be seen unchanged: the first looks may come before the change has begun. */
const UNCHANGED_LOOKS = 8

/** What ends by itself. */
const PASSING = new Set(['creating', 'modifying', 'snapshotting'])

export interface RedisProps {
  readonly region: string
  readonly replicationGroupId: string
  /** The longest pause between two looks, in milliseconds. */
  readonly interval: number
  readonly tell: Tell
}

/** A replication group that nothing changes at the moment. */
export interface Group {
  /** When it was made. */
  readonly born: Date
  /** When its token was changed last; undefined where it never was. */
  readonly changed: Date | undefined
}

/** Whether it is the same group, with the same tokens. */
export function isSame(one: Group, other: Group): boolean {
  return one.born.getTime() === other.born.getTime() && one.changed?.getTime() === other.changed?.getTime()
}

/** The replication group whose token is rotated. */
export class Redis {
  readonly #client: ElastiCacheClient
  readonly #props: RedisProps

  constructor(props: RedisProps) {
    this.#props = props
    this.#client = new ElastiCacheClient({ region: props.region })
  }

  /**
   * Waits until nothing changes it.
   *
   * @throws {DeployProblem} where it is not there, is going, or is changed for an hour
   */
  async settled(): Promise<Group> {
    const { replicationGroupId, tell } = this.#props
    const pause = this.#pauses()
    const end = Date.now() + PATIENCE
    for (let looks = 0; ; looks += 1) {
      const group = await this.#look()
      const { Status: status = 'unknown', PendingModifiedValues: pending } = group
      const work = pending?.AuthTokenStatus ?? (PASSING.has(status) ? status : undefined)
      if (work === undefined) {
        const { ReplicationGroupCreateTime: born, AuthTokenLastModifiedDate: changed } = group
        if (status !== 'available' || born === undefined) {
          throw new DeployProblem(
            `the replication group ${replicationGroupId} is ${status}; wanted: available`,
          )
        }
        return { born, changed }
      }
      if (Date.now() > end) {
        throw new DeployProblem(
          `the replication group ${replicationGroupId} is still ${work.toLowerCase()}; wanted: the same command again later`,
        )
      }
      if (looks === 0) tell(`waiting for Redis (${work.toLowerCase()})`)
      await pause()
    }
  }

  /**
   * Begins to change the token, and waits until that is done.
   *
   * @throws {DeployProblem} where it was not changed in the end
   */
  async change(strategy: AuthTokenUpdateStrategyType, token: string, before: Group): Promise<void> {
    const { replicationGroupId } = this.#props
    await this.#client.send(
      new ModifyReplicationGroupCommand({
        ReplicationGroupId: replicationGroupId,
        AuthToken: token,
        AuthTokenUpdateStrategy: strategy,
        ApplyImmediately: true,
      }),
    )
    const pause = this.#pauses()
    for (let looks = 0; looks < UNCHANGED_LOOKS; looks += 1) {
      await pause()
      if (!isSame(before, await this.settled())) return
    }
    throw new DeployProblem(
      `Redis has not taken the token (${strategy}); the API goes on with the one that it has: see the events of ${replicationGroupId}`,
    )
  }

  #pauses(): () => Promise<void> {
    let next = FIRST_PAUSE
    return async () => {
      await sleep(Math.min(next, this.#props.interval))
      next *= 2
    }
  }

  async #look() {
    const { replicationGroupId } = this.#props
    try {
      const { ReplicationGroups: [group] = [] } = await this.#client.send(
        new DescribeReplicationGroupsCommand({ ReplicationGroupId: replicationGroupId }),
      )
      if (group !== undefined) return group
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ReplicationGroupNotFoundFault') throw error
    }
    throw new DeployProblem(
      `there is no replication group ${replicationGroupId}; wanted: a deployed environment`,
    )
  }
}
