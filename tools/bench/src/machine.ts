import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import express from 'express/package.json' with { type: 'json' }

/** Where figures come from: without it they say nothing. */
export interface Machine {
  /** ISO 8601, UTC. */
  readonly date: string
  readonly cpu: string
  readonly cores: number
  /** Bytes. */
  readonly memory: number
  readonly system: string
  readonly versions: { readonly node: string; readonly express: string; readonly sqlite: string }
  /** Processes that wanted a core in the last minute, before the benchmark began: noise when it is not near 0. */
  readonly load: number
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    versions: {
      node: process.versions.node,
      express: express.version,
      sqlite: process.versions['sqlite'] ?? 'unknown',
    },
    load: loadavg()[0] ?? 0,
  }
}
