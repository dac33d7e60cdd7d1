import { isDeepStrictEqual } from 'node:util'
import { Mismatch } from '../check.ts'
import type { Answer } from './target.ts'

/** @throws {Mismatch} where the answer has another status */
export function wantStatus(answer: Answer, status: number): void {
  if (answer.status === status) return
  throw new Mismatch({ request: answer.request, seen: answer.summary, wanted: String(status) })
}

/**
 * @param what names the value, such as `version`
 * @throws {Mismatch} where the two differ
 */
export function want(answer: Answer, what: string, seen: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(seen, wanted)) return
  throw new Mismatch({ request: answer.request, seen: shown(what, seen), wanted: shown(what, wanted) })
}

/** @throws {Mismatch} where it is not so; `wanted` says it in words */
export function wantThat(answer: Answer, holds: boolean, seen: string, wanted: string): void {
  if (!holds) throw new Mismatch({ request: answer.request, seen, wanted })
}

/** @throws {Mismatch} where the answer is not that problem (RFC 9457) */
export function wantProblem(answer: Answer, status: number, code: string): void {
  const type = answer.headers['content-type'] ?? 'nothing'
  const isProblem = type.startsWith('application/problem+json')
  const isIt = answer.status === status && answer.body['code'] === code && isProblem
  wantThat(answer, isIt, `${answer.summary} as ${type}`, `${status} ${code} as application/problem+json`)
}

function shown(what: string, value: unknown): string {
  return `${what} ${value === undefined ? 'missing' : JSON.stringify(value)}`
}
