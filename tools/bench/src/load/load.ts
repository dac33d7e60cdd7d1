import { fileURLToPath } from 'node:url'
import { Child } from '../child.ts'
import type { Mark, Plan } from './generator.ts'

const GENERATOR = fileURLToPath(new URL('generator.ts', import.meta.url))

/** Load that runs until it is stopped. Anything but answers of 2xx ends it, and the next mark says why. */
export interface Load {
  /** What has happened since the last mark, or since the start. */
  mark(): Promise<Mark>
  stop(): Promise<void>
}

export async function startLoad(plan: Plan, signal: AbortSignal): Promise<Load> {
  const child = new Child('the load generator', process.execPath, [GENERATOR], {
    env: { PATH: process.env['PATH'] },
    ipc: true,
    signal,
  })
  try {
    await child.ask<Mark>(plan)
    return { mark: () => child.ask<Mark>('mark'), stop: () => child.stop() }
  } catch (error) {
    await child.stop()
    throw error
  }
}
