import { RehearsalProblem } from '../problem.ts'
import { noFailure } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { untilCached } from './stage/until-cached.ts'
import { isServing } from './stage/watch.ts'

export const redisFailover: Drill = {
  about: "Redis' primary ends and a replica takes its place, by ElastiCache's TestFailover",
  needs: 'a replica of Redis',
  promises: 'no request fails: the table holds the carts, and Redis only makes them fast',
  missing: ({ redis }) =>
    redis.some(({ role }) => role === 'replica')
      ? undefined
      : `Redis has ${redis.length} nodes and no replica; wanted: one that can take over`,

  async play({ aws: { elasticache }, watch, note }) {
    const { ReplicationGroups = [] } = await elasticache.describeReplicationGroups({})
    const [group] = ReplicationGroups
    const shard = group?.NodeGroups?.[0]?.NodeGroupId
    if (group === undefined || shard === undefined)
      throw new RehearsalProblem(
        'ElastiCache has no replication group with nodes; wanted: the one that is rehearsed',
      )
    const { redis: before } = await watch.look()
    const former = before.find(({ role }) => role === 'primary')?.node
    note(`TestFailover of ${group.ReplicationGroupId}, whose primary is ${former}`)
    await elasticache.testFailover({ ReplicationGroupId: group.ReplicationGroupId, NodeGroupId: shard })
    await watch.until('a replica has become primary', ({ redis }) =>
      redis.some(({ node, role, isUp }) => role === 'primary' && isUp && node !== former),
    )
    await watch.until(
      'the former primary is back as a replica',
      (state) =>
        isServing(state) &&
        state.redis.length === before.length &&
        state.redis.every(({ node, role, isUp }) => isUp && (node !== former || role === 'replica')),
    )
    await untilCached({ watch, note })
    return noFailure
  },
}
