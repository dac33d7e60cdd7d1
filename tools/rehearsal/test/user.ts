import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { RehearsalFolder } from '../src/rehearsal/running.ts'

const MAIN = path.resolve(__dirname, '../src/main.ts')
const ENVIRONMENTS = path.resolve(__dirname, '../../../environments')

export interface Ended {
  readonly code: number | null
  /** All that it said, on both streams. */
  readonly said: string
}

export interface Run {
  readonly child: ChildProcess
  readonly said: () => string
  readonly ended: Promise<Ended>
}

/** Somebody with a machine of their own, as far as rehearsals go: cache, temporary files, files of environments. */
export class User {
  /** Everything that is of this user. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'user-'))

  constructor() {
    for (const folder of [this.#environments, this.#temporary, this.#cache]) mkdirSync(folder)
    writeFileSync(path.join(this.#environments, 'package.json'), '{"type":"module"}')
    for (const file of readdirSync(ENVIRONMENTS).filter((name) => name.endsWith('.ts'))) {
      cpSync(path.join(ENVIRONMENTS, file), path.join(this.#environments, file))
    }
  }

  get variables(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      CARTWRIGHT_CACHE: this.#cache,
      CARTWRIGHT_ENVIRONMENTS: this.#environments,
      TMPDIR: this.#temporary,
    }
  }

  get rehearsal(): RehearsalFolder {
    return RehearsalFolder.of(this.variables)
  }

  /** Adds fields to an environment's file. */
  add(environment: string, fields: string): void {
    const file = path.join(this.#environments, `${environment}.ts`)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('} satisfies', `${fields}\n} satisfies`))
  }

  /** `npm run rehearse -- …` */
  start(...args: readonly string[]): Run {
    const child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.variables,
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    }
    const ended = once(child, 'close').then(([code]: unknown[]) => ({ code: code as number | null, said }))
    return { child, said: () => said, ended }
  }

  async run(...args: readonly string[]): Promise<Ended> {
    return await this.start(...args).ended
  }

  /** Programs that work for this user, and files that they left. */
  left(): { readonly processes: readonly string[]; readonly files: readonly string[] } {
    // Who had the folder stands there until the next one has it.
    const ofRehearsals = readdirSync(this.rehearsal.folder).filter((name) => name.startsWith('work'))
    return { processes: this.#processes(), files: [...readdirSync(this.#temporary), ...ofRehearsals] }
  }

  async end(): Promise<void> {
    await this.run('--down')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }

  /** Whatever has this user's folder in its arguments or its environment. */
  #processes(): readonly string[] {
    // Without /proc nobody can tell.
    if (!existsSync('/proc/self/environ')) return []
    return readdirSync('/proc').flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return []
      try {
        const [line, variables] = ['cmdline', 'environ'].map((name) =>
          readFileSync(`/proc/${pid}/${name}`, 'utf8'),
        )
        return `${line}${variables}`.includes(this.folder) ? [`${pid} ${line?.replaceAll('\0', ' ')}`] : []
      } catch {
        // It has just ended.
        return []
      }
    })
  }

  get #environments(): string {
    return path.join(this.folder, 'environments')
  }

  get #temporary(): string {
    return path.join(this.folder, 'tmp')
  }

  get #cache(): string {
    return path.join(this.folder, 'cache')
  }
}

/** Waits for what happens by itself; the test's own time limit ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50)
}
