import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Child } from './child.ts'

const INFRA = fileURLToPath(new URL('../../../infra/', import.meta.url))

/** Milliseconds of two processes, from their start to their end. */
export interface SynthTimes {
  /** What `npm run synth` starts: all stacks. */
  readonly synth: number
  /** A Node that loads the same classes of the provider, and with them CDKTF, and does nothing else. */
  readonly bare: number
}

/** Measures both, one after the other. */
export async function synthTimes(scratch: string, signal: AbortSignal): Promise<SynthTimes> {
  const outdir = mkdtempSync(path.join(scratch, 'synth-'))
  const time = async (title: string, args: readonly string[]): Promise<number> => {
    const began = performance.now()
    // What Node keeps of compiled files is in the temporary folder, unless the user says otherwise.
    const env = { ...process.env, CDKTF_OUTDIR: outdir, TMPDIR: scratch, NODE_COMPILE_CACHE: undefined }
    await new Child(title, process.execPath, args, { cwd: INFRA, env, signal }).succeeded()
    return performance.now() - began
  }
  try {
    const synth = await time('the synthesis', ['src/synth.mjs'])
    return { synth, bare: await time('the bare Node', ['--input-type=module', '--eval', loading()]) }
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

/** A program that imports every class of the provider that the stacks are made of. */
function loading(): string {
  const sources = globSync('src/**/*.ts', { cwd: INFRA, exclude: ['**/*.test.ts', 'src/test/**'] })
  const specifiers = sources.flatMap((file) =>
    [...readFileSync(path.join(INFRA, file), 'utf8').matchAll(/from '(#aws\/[^']+)'/g)].map(
      ([, name]) => name,
    ),
  )
  return [...new Set(specifiers)].map((name) => `import '${name}'\n`).join('')
}
