import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Guard } from '../../guard/guard.ts'

export interface Size {
  /** Units: 1024 are one core. */
  readonly cpu?: number
  /** MiB. */
  readonly memory?: number
}

/** What holds a task to its size, where this machine can. */
export interface Limits {
  /** Control groups that each process of the task enters before it becomes what it is to be. */
  readonly controlGroups: readonly string[]
  /** What of the size is not enforced. */
  readonly missing: readonly string[]
  /** How often the kernel has killed one of its processes for its memory. */
  outOfMemory(): number
  /** Every process of the task has ended. */
  remove(): void
}

/** A CPU quota is counted over this time, in microseconds. */
const PERIOD = 100_000

/**
 * Control groups, of version 2 or 1, where the user may make some; CPU and memory of the task are shared by its containers
 * and their health checks, as on Fargate (developer guide, "Task CPU and memory"). Swap does not help a task there.
 *
 * @param root where the control groups are: another folder in a test
 */
export async function limitsFor(
  id: string,
  size: Size,
  guard: Guard,
  root = '/sys/fs/cgroup',
): Promise<Limits> {
  const groups: { readonly folder: string; readonly holds: string }[] = []
  const missing: string[] = []
  let events: string | undefined
  const enter = async (
    holds: string,
    parent: string,
    settings: Readonly<Record<string, string>>,
  ): Promise<string | undefined> => {
    const folder = path.join(parent, `rehearsal-${id}`)
    try {
      await guard.watchFolder(folder, 'controlGroup')
      mkdirSync(folder)
      for (const [name, value] of Object.entries(settings)) writeFileSync(path.join(folder, name), value)
      groups.push({ folder, holds })
      return folder
    } catch (error) {
      remove(folder)
      guard.forgetFolder(folder, 'controlGroup')
      missing.push(`${holds}: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  const { cpu, memory } = size
  const quota = cpu === undefined ? undefined : Math.round((cpu / 1024) * PERIOD)
  const bytes = memory === undefined ? undefined : String(memory * 1024 ** 2)
  const unified = path.join(root, 'cgroup.subtree_control')
  const controllers = existsSync(unified) ? readFileSync(unified, 'utf8').split(/\s+/) : []
  if (controllers.includes('cpu') && controllers.includes('memory')) {
    const folder = await enter('CPU and memory', root, {
      ...(quota === undefined ? {} : { 'cpu.max': `${quota} ${PERIOD}` }),
      ...(bytes === undefined ? {} : { 'memory.max': bytes, 'memory.swap.max': '0' }),
    })
    events = folder && path.join(folder, 'memory.events')
  } else if (writable(path.join(root, 'cpu')) && writable(path.join(root, 'memory'))) {
    if (quota !== undefined) {
      await enter('CPU', path.join(root, 'cpu'), {
        'cpu.cfs_period_us': String(PERIOD),
        'cpu.cfs_quota_us': String(quota),
      })
    }
    if (bytes !== undefined) {
      const folder = await enter('memory', path.join(root, 'memory'), { 'memory.limit_in_bytes': bytes })
      events = folder && path.join(folder, 'memory.oom_control')
    }
  } else {
    missing.push('CPU and memory: this user can make no control groups on this machine')
  }
  return {
    controlGroups: groups.map(({ folder }) => folder),
    missing,
    outOfMemory: () => (events === undefined ? 0 : killsIn(events)),
    remove() {
      for (const { folder } of groups) {
        if (remove(folder)) guard.forgetFolder(folder, 'controlGroup')
      }
    },
  }
}

/** Both versions have a line `oom_kill 2`. */
function killsIn(file: string): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return existsSync(path.join(folder, 'cgroup.procs'))
  } catch {
    return false
  }
}

/** @returns whether it is gone */
function remove(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
