import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Commands } from './command.ts'
import type { Tally } from './tally.ts'

/** The part of jest's `--json` report that is counted. */
export interface JestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  /** Suites that did not get as far as running their tests: a syntax error, a worker that died. */
  readonly numRuntimeErrorTestSuites: number
}

/** Runs jest over the whole repository, or over what the filters name. */
export async function runJest(
  commands: Commands,
  root: string,
  filters: readonly string[],
  scratch: string,
): Promise<Tally> {
  const reportFile = join(scratch, 'jest-report.json')
  // Two more than processors: the longest suites mostly wait, for Terraform, which waits for AWS, or for a drill.
  const workers = availableParallelism() + 2
  // A test that leaves a server open would keep jest from ending, and whoever waits for the last line waiting.
  const options = ['--ci', '--forceExit', `--maxWorkers=${workers}`, '--json', `--outputFile=${reportFile}`]
  // UNIT_ONLY is how the packages' own "unit" scripts leave the system tests out; here everything runs.
  const { UNIT_ONLY: _, ...env } = process.env
  const exitCode = await commands.run('jest', ['-c', join(root, 'jest.config.cjs'), ...options, ...filters], {
    ...env,
    TMPDIR: scratch,
    // Hundreds of programs are started, again and again the same.
    NODE_COMPILE_CACHE: join(scratch, 'compile-cache'),
  })
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
