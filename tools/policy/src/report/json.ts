import { publicIdsOf } from '../catalogue/index.ts'
import type { Judgement } from '../judge.ts'
import type { Finding } from '../rule.ts'
import { sourceOf } from '../source.ts'

/** One document for programs: every finding, every accepted one with its reason, every stale exception. */
export function json({ findings, accepted, stale, looked, stacks }: Judgement): string {
  return JSON.stringify(
    {
      stacks: stacks.map(({ name, resources }) => ({ name, resources: resources.length })),
      rules: [...looked].map(([{ id, wants, severity }, resources]) => ({
        id,
        wants,
        severity,
        also: publicIdsOf(id),
        resources,
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
