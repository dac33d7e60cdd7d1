import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Aws, Credentials, LogEvent, LogStream } from '../aws.ts'
import type { Image } from '../images.ts'
import type { Surroundings, Task } from '../task/task.ts'
import { IMAGE } from './definitions.ts'

/** How long anything may take before it counts as never, in milliseconds: it usually takes a hundredth of that. */
const PATIENCE = 20_000
const SERVER = path.join(__dirname, 'server.mjs')

export const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf'
export const SECRET_VALUE = 'correct-horse-battery'
export const PARAMETER = 'arn:aws:ssm:eu-west-1:123456789012:parameter/shop/level'

/** Images and an AWS that answers from memory. */
export class World {
  readonly #images = new Map<string, Image>()
  readonly folder = mkdtempSync(path.join(tmpdir(), 'rehearsal-images-'))
  readonly lines: (LogStream & LogEvent)[] = []
  readonly streams: LogStream[] = []
  /** By role, who asked for what. */
  readonly asked: string[] = []
  readonly aws: Aws

  constructor() {
    this.pushImage(IMAGE)
    this.aws = {
      assume: async (roleArn) => credentialsOf(roleArn),
      secretValue: async ({ secretArn, versionStage }, as) => {
        this.asked.push(`${secretArn} ${versionStage ?? ''} as ${as?.accessKeyId}`)
        if (secretArn !== SECRET)
          throw Object.assign(new Error('no such secret'), { name: 'ResourceNotFoundException' })
        return JSON.stringify({ token: SECRET_VALUE })
      },
      parameterValue: async (parameter, as) => {
        this.asked.push(`${parameter} as ${as?.accessKeyId}`)
        return 'parameter-value'
      },
      createLogStream: async (stream) => {
        if (stream.group === '/missing') {
          throw Object.assign(new Error('The specified log group does not exist.'), {
            name: 'ResourceNotFoundException',
          })
        }
        this.streams.push(stream)
      },
      putLogEvents: async (stream, events) => {
        this.lines.push(...events.map((event) => ({ ...stream, ...event })))
      },
    }
  }

  pushImage(reference: string, environment: Readonly<Record<string, string>> = {}): void {
    const folder = path.join(this.folder, String(this.#images.size))
    mkdirSync(folder)
    cpSync(SERVER, path.join(folder, 'main.js'))
    this.#images.set(reference, {
      entryPoint: [],
      command: ['node', path.join(folder, 'main.js')],
      environment,
      folder,
      programs: { node: process.execPath },
    })
  }

  /** Everything that a task needs but its guard, agent and journal. */
  surroundings(change: Partial<Surroundings> = {}): Omit<Surroundings, 'guard' | 'agent' | 'journal'> {
    return {
      aws: this.aws,
      images: { resolve: (reference) => this.#images.get(reference) },
      routes: () => ({}),
      variables: {},
      limits: false,
      intervals: { log: 50, targets: 50 },
      ...change,
    }
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Waits for something that is looked at again and again. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const start = performance.now(); !condition(); await pause(10)) {
    if (performance.now() - start > PATIENCE) throw new Error(`waited ${PATIENCE} ms in vain for ${what}`)
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** The process of its first container. */
export function pidOf({ containers: [first] }: Pick<Task, 'containers'>): number {
  // Process 0 would be the whole group of this one.
  if (first?.pid === undefined) throw new Error('the task has no process')
  return first.pid
}

/** Whether a process is there and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch {
    return false
  }
}

function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function credentialsOf(roleArn: string): Credentials {
  return {
    accessKeyId: `key of ${roleArn}`,
    secretAccessKey: 'secret-key-of-role',
    sessionToken: 'session-token-of-role',
    expiresAt: Date.now() + 3_600_000,
  }
}
