import { noFailure } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { untilCached } from './stage/until-cached.ts'
import { isServing } from './stage/watch.ts'

/** How long Redis is gone, in milliseconds. */
const DOWN = 20_000

export const redisDown: Drill = {
  about: `all nodes of Redis are gone for ${DOWN / 1000} s, and come back empty`,
  needs: 'Redis',
  promises: 'no request fails: reads and writes go to the table alone',
  missing: ({ redis }) =>
    redis.length === 0 ? 'there is no Redis; wanted: an environment with a cache' : undefined,

  async play({ remote, watch, note, undo }) {
    const start = async (): Promise<void> => {
      const { redis } = await remote.state()
      if (redis.some(({ isUp }) => !isUp)) await remote.startRedis()
    }
    undo(start)
    note('ending all nodes of Redis')
    await remote.stopRedis()
    await watch.pause(DOWN)
    note('starting them again')
    await start()
    await watch.until('Redis is back', (state) => isServing(state) && state.redis.every(({ isUp }) => isUp))
    await untilCached({ watch, note })
    return noFailure
  },
}
