import path from 'node:path'

/** The folder that holds the Python package `emulator`. */
export const PACKAGE = path.join(import.meta.dirname, '..')

/** Ends of the emulator that mean something: see emulator/server.py. */
export const EXIT = { locked: 75, portTaken: 69 } as const

/** Where an emulator tells of itself, and is told what AWS is not: see emulator/application.py. */
export const PATHS = {
  identity: '/_local-aws',
  inventory: '/_local-aws/inventory',
  owned: '/_local-aws/owned',
  redisTokens: '/_local-aws/redis-tokens',
  denials: '/_local-aws/denials',
  permissions: '/_local-aws/permissions',
  enforce: '/_local-aws/enforce',
  ecsServices: '/_local-aws/ecs-services',
  scanFindings: '/_local-aws/scan-findings',
  builds: '/_local-aws/builds',
  pipelineExecutions: '/_local-aws/pipeline-executions',
} as const

/** What an emulator says of itself. */
export interface Identity {
  readonly instance: string
  readonly pid: number
  readonly port: number
  readonly endpoint: string
}

export function emulatorArguments(args: readonly string[]): string[] {
  // -B: no compiled files in the repository.
  return ['-B', '-m', 'emulator', ...args]
}

/** Its own environment: nothing about a real account, and nothing that would change moto behind our back. */
export function emulatorEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = Object.keys(base).filter((name) => !/^(AWS|MOTO|PYTHON)/.test(name))
  return Object.fromEntries(names.map((name) => [name, base[name]]))
}

export function isIdentity(value: unknown): value is Identity {
  const { instance, pid, port, endpoint } = (value ?? {}) as Partial<Record<keyof Identity, unknown>>
  return (
    typeof instance === 'string' &&
    typeof pid === 'number' &&
    typeof port === 'number' &&
    typeof endpoint === 'string'
  )
}

export function identityIn(text: string): Identity | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isIdentity(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Who answers there, if it is an emulator. */
export async function identityAt(endpoint: string): Promise<Identity | undefined> {
  try {
    const answer = await fetch(endpoint + PATHS.identity, { signal: AbortSignal.timeout(10_000) })
    return identityIn(await answer.text())
  } catch {
    return undefined
  }
}
