import { type Answer, isFailed } from '../load/answer.ts'
import { counted, type LoadReport, nameOf, phasesOf } from '../load/report.ts'

/** What of a promise was broken, in words; nothing where it held. Asked when the load is over. */
export type Judge = (load: LoadReport) => readonly string[]

/** Nobody noticed. */
export const noFailure: Judge = ({ failed, requests, troubles, retryLater }) => {
  if (failed === 0) return []
  const later = retryLater === 0 ? '' : `, ${retryLater} of them 503 with Retry-After`
  return [`${failed} of ${requests} requests failed${later}; promised: none${exampleOf(troubles)}`]
}

/** The API says that it is to be asked again, and when; nothing else fails. */
export const onlyRetryLater: Judge = ({ troubles }) => {
  const failed = troubles.filter(isFailed)
  if (failed.length === 0) return []
  return [`${listOf(failed)} beside 503 with Retry-After; promised: no other failure${exampleOf(failed)}`]
}

/** What holds in every drill: before and after it all is well, nothing is lost, and nothing old is shown. */
export const always: Judge = (load) => {
  const { carts, troubles } = load
  const { lost, invented, stale, silent } = carts
  const strange = troubles.filter((answer) => !isFailed(answer))
  return [
    ...phasesOf(load).flatMap(([phase, { failed }]) =>
      phase === 'during' || failed === 0 ? [] : [`${failed} requests failed ${phase} it; promised: none`],
    ),
    ...(strange.length === 0
      ? []
      : [`${listOf(strange)}; promised: only answers that were asked for${exampleOf(strange)}`]),
    ...(lost === 0
      ? []
      : [`${lost} acknowledged pieces are in no cart and no order; promised: none is lost`]),
    ...(invented === 0
      ? []
      : [`${invented} pieces are there that nobody was told of; promised: what is refused is not done`]),
    ...(stale === 0 ? [] : [`${stale} answers were older than what was acknowledged before; promised: none`]),
    ...(silent === 0
      ? []
      : [`${silent} of ${carts.count} carts could not be read when it was over; promised: all`]),
  ]
}

/** @returns `3 × 502, 1 × cut` */
export function listOf(answers: readonly Answer[]): string {
  return Object.entries(counted(answers.map(nameOf)))
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ')
}

function exampleOf([first]: readonly Answer[]): string {
  if (first === undefined) return ''
  const { act, outcome, milliseconds, phase, reason, instance } = first
  const more = [reason, instance === undefined ? undefined : `from ${instance}`].filter(
    (one) => one !== undefined,
  )
  return ` (the first: ${outcome} to ${act} ${phase} it, after ${Math.round(milliseconds)} ms${more.map((one) => `, ${one}`).join('')})`
}
