import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BadOptions, HELP, readOptions } from './options.ts'
import { report } from './report.ts'
import { run } from './run.ts'

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    process.stdout.write(HELP)
    return
  }
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopping.abort())
  const scratch = mkdtempSync(path.join(tmpdir(), 'cartwright-bench-'))
  try {
    const figures = await run({ ...options, scratch, signal: stopping.signal })
    process.stdout.write(report(figures))
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`)
  } catch (error) {
    throw stopping.signal.aborted ? new Error('stopped') : error
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

main().catch((error: unknown) => {
  const mendable = error instanceof BadOptions ? `${error.message}\n\n${HELP}` : undefined
  process.stderr.write(`${mendable ?? (error instanceof Error ? error.message : String(error))}\n`)
  process.exitCode = 1
})
