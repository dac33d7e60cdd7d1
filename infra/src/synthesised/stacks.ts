import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Environment } from '@cartwright/environments'
import { createApp } from '../app.ts'
import { withSourceLines } from '../terraform/source-lines.ts'
import { readStacks, type StackJson } from './stack-json.ts'

/** All stacks of environments as Terraform would read them, each resource with the lines of our source that make it. */
export function stacksOf(environments: readonly Environment[]): readonly StackJson[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'cartwright-stacks-'))
  try {
    withSourceLines(() => createApp(environments, folder).synth())
    return readStacks(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
