import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Order } from './order.ts'

const PROGRAM = fileURLToPath(new URL('program.ts', import.meta.url))

type Kept = Pick<Order, 'kind' | 'what'>

/**
 * Sees to it that nothing outlives the rehearsal, however that ends: a process beside it that kills everything as soon as
 * their pipe closes. It is one process for all tasks, in a session of its own. Should the guard itself be killed, the
 * rehearsal kills the tasks.
 */
export class Guard {
  readonly #child: ChildProcess
  readonly #heard = new Map<number, () => void>()
  readonly #groups = new Set<number>()
  #next = 1
  #ended = false

  private constructor(child: ChildProcess) {
    this.#child = child
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const id = Number(line)
      this.#heard.get(id)?.()
      this.#heard.delete(id)
    })
    child.stdin?.on('error', () => undefined)
    child.once('exit', () => {
      this.#ended = true
      for (const group of this.#groups) killGroup(group)
      // Whoever waits finds out by `watches`.
      for (const heard of this.#heard.values()) heard()
    })
  }

  /** @param whose shown by `ps`: it has no environment to be known by */
  static async start(whose = ''): Promise<Guard> {
    const child = spawn(process.execPath, [PROGRAM, whose], {
      detached: true,
      env: {},
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    await once(child, 'spawn')
    return new Guard(child)
  }

  get pid(): number {
    // It has been spawned.
    return this.#child.pid as number
  }

  /** Whether what is started now would be watched. */
  get watches(): boolean {
    return !this.#ended
  }

  /** Resolves when the guard has heard it. */
  async watchGroup(group: number): Promise<void> {
    this.#groups.add(group)
    await this.#tell(true, { kind: 'group', what: group })
  }

  forgetGroup(group: number): void {
    this.#groups.delete(group)
    void this.#tell(false, { kind: 'group', what: group })
  }

  /** A folder that goes with the rehearsal; `stacks`: and the Terraforms that work in it, each a session of its own. */
  async watchFolder(folder: string, kind: Exclude<Kept['kind'], 'group'> = 'folder'): Promise<void> {
    await this.#tell(true, { kind, what: folder })
  }

  forgetFolder(folder: string, kind: Exclude<Kept['kind'], 'group'> = 'folder'): void {
    void this.#tell(false, { kind, what: folder })
  }

  /** Ends everything that is still watched, and the guard. */
  async stop(): Promise<void> {
    if (this.#ended) return
    const exit = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await exit
  }

  #tell(watch: boolean, { kind, what }: Kept): Promise<void> {
    if (this.#ended) return Promise.resolve()
    const id = this.#next++
    return new Promise((resolve) => {
      this.#heard.set(id, resolve)
      this.#child.stdin?.write(`${JSON.stringify({ id, watch, kind, what })}\n`)
    })
  }
}

/** Kills a process group; one that has ended does not mind. */
export function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // There is nothing left of it.
  }
}
