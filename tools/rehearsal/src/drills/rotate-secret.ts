import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { RehearsalProblem } from '../problem.ts'
import type { Running } from '../rehearsal/running.ts'
import { noFailure } from './stage/judge.ts'
import type { Drill, Stage } from './stage/stage.ts'
import { untilCached } from './stage/until-cached.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')

/** How long a rotation may take, in milliseconds. */
const PATIENCE = 10 * 60_000

export const rotateSecret: Drill = {
  about: 'the Redis token is replaced, by npm run rotate',
  needs: 'Redis',
  promises: 'no request fails: Redis takes the old and the new token until the secret names the new one',
  missing: ({ redis }) =>
    redis.length === 0 ? 'there is no Redis; wanted: an environment with a cache' : undefined,

  async play({ remote: { running }, watch, note, signal }) {
    note(`npm run rotate -- ${running.environment} --yes`)
    const end = new AbortController()
    let isOver = false
    const rotated = rotate(running, { note, signal: AbortSignal.any([signal, end.signal]) }).finally(() => {
      isOver = true
    })
    try {
      await Promise.all([rotated, watch.until('the rotation is over', () => isOver, PATIENCE)])
    } finally {
      end.abort()
    }
    await untilCached({ watch, note })
    return noFailure
  },
}

/** As its user would, but for the pauses between two looks: nothing here takes as long as on AWS. */
async function rotate(
  { environment, variables }: Running,
  { note, signal }: Pick<Stage, 'note' | 'signal'>,
): Promise<void> {
  const args = ['tools/deploy/src/rotate/main.ts', environment, '--yes', '--interval', '1']
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: environmentWith(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  })
  const said: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      said.push(line)
      note(`rotate: ${line}`)
    })
  }
  const [code] = await once(child, 'close')
  if (code !== 0)
    throw new RehearsalProblem(`npm run rotate -- ${environment} failed (exit code ${code}): ${said.at(-1)}`)
}

/** A name with `null` is taken away. */
function environmentWith(variables: Running['variables']): NodeJS.ProcessEnv {
  const all: Readonly<Record<string, string | null | undefined>> = { ...process.env, ...variables }
  return Object.fromEntries(
    Object.entries(all).filter((one): one is [string, string] => typeof one[1] === 'string'),
  )
}
