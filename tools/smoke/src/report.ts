import type { CheckResult } from './check.ts'
import type { SmokeReport } from './smoke.ts'

/** A check that has ended: a line, and below it what went wrong. */
export function told(result: CheckResult): string {
  const { name, milliseconds } = result
  if (result.outcome === 'passed') return `✓ ${name} (${milliseconds} ms)`
  if (result.outcome === 'not checked') return `- ${name}: not checked, ${result.reason} (${milliseconds} ms)`
  const { request, seen, wanted } = result.trouble
  return [
    `✗ ${name} (${milliseconds} ms)`,
    ...(request === undefined
      ? []
      : [`    ${request.method} ${request.path} (X-Request-ID ${request.requestId})`]),
    `    seen:   ${seen}`,
    `    wanted: ${wanted}`,
  ].join('\n')
}

/** All of them: the last line. */
export function summaryOf({ passed, failed, notChecked }: Omit<SmokeReport, 'url' | 'checks'>): string {
  return `${passed} passed, ${failed} failed${notChecked === 0 ? '' : `, ${notChecked} not checked`}`
}
