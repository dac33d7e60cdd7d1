import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Commands } from './command.ts'
import { gentleTerraform } from './gentle-terraform.ts'
import { sum, type Tally } from './tally.ts'

/** The part of jest's `--json` report that is counted. */
export interface JestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  /** Suites that did not get as far as running their tests: a syntax error, a worker that died. */
  readonly numRuntimeErrorTestSuites: number
}

/**
 * Runs jest over the whole repository, or over what the filters name.
 *
 * The whole is two runs beside each other: what waits for minutes (long.json) for Terraform, which waits for AWS, or for a drill,
 * several at a time; and everything else, which needs processors. In one queue either processors would idle while all wait, or
 * tests that need one would share it with too many. At the end of the list stand those that only compute for long, so that both
 * runs end at about the same time.
 */
export async function runJest(
  commands: Commands,
  root: string,
  filters: readonly string[],
  scratch: string,
): Promise<Tally> {
  const run = (name: string, workers: number, options: readonly string[]): Promise<Tally> =>
    runOnce(commands, root, path.join(scratch, `${name}.json`), scratch, workers, options)
  const processors = availableParallelism()
  if (filters.length > 0) return run('jest-report', processors + 1, filters)
  const long = longSuites()
  return sum(
    await Promise.all([
      run('waiting', processors + 2, ['--testPathPatterns', ...long]),
      run('working', Math.max(1, processors - 1), ['--testPathIgnorePatterns', '/node_modules/', ...long]),
    ]),
  )
}

/** As patterns of jest. */
function longSuites(): readonly string[] {
  // A list of paths without their end.
  const list = JSON.parse(readFileSync(new URL('long.json', import.meta.url), 'utf8')) as readonly string[]
  return list.map((start) => `/${start}\\.`)
}

async function runOnce(
  commands: Commands,
  root: string,
  reportFile: string,
  scratch: string,
  workers: number,
  options: readonly string[],
): Promise<Tally> {
  // A test that leaves a server open would keep jest from ending, and whoever waits for the last line waiting.
  const own = ['--ci', '--forceExit', `--maxWorkers=${workers}`, '--json', `--outputFile=${reportFile}`]
  // UNIT_ONLY is how the packages' own "unit" scripts leave the system tests out; here everything runs.
  const { UNIT_ONLY: _, ...env } = process.env
  const exitCode = await commands.run(
    'jest',
    ['-c', path.join(root, 'jest.config.cjs'), ...own, ...options],
    {
      ...env,
      PATH: [gentleTerraform(scratch, env), env['PATH'] ?? ''].join(path.delimiter),
      TMPDIR: scratch,
      // Hundreds of programs are started, again and again the same.
      NODE_COMPILE_CACHE: path.join(scratch, 'compile-cache'),
      // Terraform's provider lives for seconds: an eighth of its time goes into collecting what it leaves anyway.
      GOGC: 'off',
      GOMEMLIMIT: '1GiB',
    },
  )
  return tallyOf(existsSync(reportFile) ? JSON.parse(readFileSync(reportFile, 'utf8')) : undefined, exitCode)
}

/** Never says that all is well when jest does not: a crash, or a run without any test, is one failure. */
export function tallyOf(report: JestReport | undefined, exitCode: number): Tally {
  if (report === undefined) return { passed: 0, failed: 1 }
  const passed = report.numPassedTests
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites
  const unexplained = failed === 0 && (exitCode !== 0 || passed === 0)
  return { passed, failed: unexplained ? 1 : failed }
}
