import type { Judgement } from '../judge.ts'
import type { Finding } from '../rule.ts'
import { SEVERITIES } from '../rule.ts'
import { sourceOf } from '../source.ts'

/**
 * What people read: a line for each finding, the gravest first, and the numbers of all.
 *
 * @param isVerbose also what is accepted, each with its reason
 */
export function table({ findings, accepted, stale, looked, stacks }: Judgement, isVerbose = false): string {
  const grave = findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.rule.severity) - SEVERITIES.indexOf(b.rule.severity),
  )
  const resources = stacks.reduce((sum, stack) => sum + stack.resources.length, 0)
  const judged = [...looked.values()].filter((resources) => resources.length > 0).length
  return [
    ...grave.map(line),
    ...(isVerbose
      ? accepted.map(
          ({ exception, ...finding }) =>
            `accepted  ${about(finding)}; accepted: ${exception.reason} (${exception.owner}, ${exception.accepted})`,
        )
      : []),
    ...stale.map(
      ({ rule, at, stacks: where }) =>
        `stale     ${rule} at ${at}${where === undefined ? '' : ` (${where.join(', ')})`}: nothing breaks the rule there; wanted: the exception deleted`,
    ),
    ...(grave.length + stale.length === 0 && !isVerbose ? [] : ['']),
    `${stacks.map(({ name }) => name).join(', ')}: ${resources} resources, ${judged} of ${looked.size} rules had something to look at`,
    `${findings.length} findings, ${accepted.length} accepted with a reason, ${stale.length} stale exceptions`,
  ].join('\n')
}

function line(finding: Finding): string {
  return `${finding.rule.severity.padEnd(9)} ${about(finding)}`
}

function about({ rule, resource, at, seen, wanted }: Finding): string {
  const place = sourceOf(resource)
  const where = place === undefined ? resource.path : `${resource.path} (${place.file}:${place.line})`
  return `${rule.id} ${resource.stack}: ${resource.type} ${where}: ${at} is ${seen}; wanted: ${wanted}`
}
