import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * A folder for the front of the PATH, in which `terraform` lets others go first: what it does takes minutes either way, and beside
 * it a drill holds an API to promises in seconds. The process is Terraform's own, for whoever stops or kills it.
 */
export function gentleTerraform(scratch: string, env: NodeJS.ProcessEnv): string {
  const folder = path.join(scratch, 'gentle')
  const file = path.join(folder, 'terraform')
  if (existsSync(file)) return folder
  mkdirSync(folder, { recursive: true })
  const found = (env['PATH'] ?? '')
    .split(path.delimiter)
    .map((one) => path.join(one, 'terraform'))
    .find((one) => existsSync(one))
  // Where there is none, its absence is told by whoever needs it.
  if (found === undefined || process.platform === 'win32') return folder
  writeFileSync(file, `#!/bin/sh\nexec nice -n 10 ${quoted(found)} "$@"\n`)
  chmodSync(file, 0o755)
  return folder
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
