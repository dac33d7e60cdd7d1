import type { Resource } from '@cartwright/infra/stack-json'
import { publicIdsOf } from '../catalogue/index.ts'
import type { Judgement } from '../judge.ts'
import type { Finding, Rule } from '../rule.ts'
import { sourceOf } from '../source.ts'

/**
 * One document for programs: what each rule says of each resource, every finding, every accepted one with its reason, every stale
 * exception.
 */
export function json({ findings, accepted, stale, looked, stacks }: Judgement): string {
  const verdicts = new Map<string, string>()
  for (const { rule, resource } of accepted) verdicts.set(verdictKey(rule, resource), 'accepted')
  // A finding outweighs what else is accepted of the resource.
  for (const { rule, resource } of findings) verdicts.set(verdictKey(rule, resource), 'found')
  return JSON.stringify(
    {
      stacks: stacks.map(({ name, resources }) => ({ name, resources: resources.length })),
      rules: [...looked].map(([rule, resources]) => ({
        id: rule.id,
        wants: rule.wants,
        severity: rule.severity,
        also: publicIdsOf(rule.id),
        resources: resources.map((resource) => ({
          stack: resource.stack,
          address: resource.address,
          verdict: verdicts.get(verdictKey(rule, resource)) ?? 'holds',
        })),
      })),
      findings: findings.map(told),
      accepted: accepted.map(({ exception: { reason, owner, accepted: since }, ...finding }) => ({
        ...told(finding),
        reason,
        owner,
        accepted: since,
      })),
      stale,
    },
    undefined,
    2,
  )
}

function verdictKey({ id }: Rule, { stack, address }: Resource): string {
  return `${id} ${stack} ${address}`
}

function told({ rule, resource, at, seen, wanted }: Finding) {
  const { stack, address, path } = resource
  return {
    rule: rule.id,
    severity: rule.severity,
    stack,
    address,
    path,
    source: sourceOf(resource),
    at,
    seen,
    wanted,
  }
}
