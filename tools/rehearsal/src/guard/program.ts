// The guard, a process of its own: `guard.ts` tells it what is running, line by line. When its input ends, also because the
// rehearsal was killed with SIGKILL, it kills all of that and removes what they left.
//
//   rehearsal   watch 4711 ─ (heard) ─ lets 4711 go ─ ✗ SIGKILL
//   guard                    heard                       the input ends ─ kills group 4711 ─ ends

import { globSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Order } from './order.ts'

/** How long killed processes may take to be gone, in milliseconds. */
const PATIENCE = 5_000

const groups = new Set<number>()
const folders = new Set<string>()
const controlGroups = new Set<string>()
const stacks = new Set<string>()
const setFor = { group: groups, folder: folders, controlGroup: controlGroups, stacks }

// Only the end of the input ends it: Ctrl-C reaches a terminal's whole process group.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.stdout.on('error', () => undefined)

for await (const line of createInterface({ input: process.stdin })) {
  // Written by guard.ts, which knows no other form.
  const { id, watch, kind, what } = JSON.parse(line) as Order
  const set = setFor[kind] as Set<number | string>
  if (watch) set.add(what)
  else set.delete(what)
  process.stdout.write(`${id}\n`)
}
await endAll()

async function endAll(): Promise<void> {
  const end = performance.now() + PATIENCE
  // A process may start another one while it is being killed.
  while (
    [...groups, ...terraformsIn(stacks)].filter(killGroup).length +
      membersOf(controlGroups).filter(kill).length >
    0
  ) {
    if (performance.now() > end) break
    await sleep(10)
  }
  for (const folder of [...folders, ...stacks])
    quietly(() => rmSync(folder, { recursive: true, force: true }))
  for (const folder of controlGroups) quietly(() => rmdirSync(folder))
}

/** @returns whether there was anything to kill */
function killGroup(group: number): boolean {
  return kill(-group)
}

function kill(target: number): boolean {
  try {
    process.kill(target, 'SIGKILL')
    return true
  } catch {
    return false
  }
}

/** Also those that have left their process group. */
function membersOf(folders: ReadonlySet<string>): readonly number[] {
  return [...folders].flatMap((folder) => {
    try {
      return readFileSync(`${folder}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number)
    } catch {
      return []
    }
  })
}

/** Whoever works in a stack's folder has written its process there (tools/deploy: terraform/running.ts). */
function terraformsIn(folders: ReadonlySet<string>): readonly number[] {
  return [...folders].flatMap((folder) =>
    globSync('stacks/*/running.json', { cwd: folder }).flatMap((file) => {
      try {
        // Written by tools/deploy.
        const { pid } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as { pid: number }
        return [pid]
      } catch {
        // It is being written, or gone.
        return []
      }
    }),
  )
}

function quietly(action: () => void): void {
  try {
    action()
  } catch {
    // It is gone already, or held by something that is not ours.
  }
}
