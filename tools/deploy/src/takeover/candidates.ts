import type { SynthesisedResource, SynthesisedStack } from '../stacks.ts'
import { TAKEOVERS } from './import-ids.ts'
import type { Tagged } from './tagged.ts'

/** A resource that may be at AWS and in no state. */
export interface Candidate {
  readonly address: string
  /** Import ids, Terraform's expressions: the next one is tried where nothing is at the first. */
  readonly ids: readonly [string, ...string[]]
  /** Whether AWS may have several of them, of which the first is the one: revisions. */
  readonly isOneOfMany?: boolean
  /** The resources that the ids are made of. */
  readonly needs: readonly string[]
  /** A data source that the id refers to. */
  readonly lookup?: { readonly type: string; readonly id: string; readonly block: object }
}

/**
 * What of a stack may be at AWS although the state does not list it.
 *
 * @param listed the addresses that the state lists
 * @param tagged what AWS has with the environment's tags
 */
export function candidatesOf(
  stack: SynthesisedStack,
  listed: ReadonlySet<string>,
  tagged: readonly Tagged[],
): readonly Candidate[] {
  const found = stack.resources
    .filter(({ address }) => !listed.has(address))
    .flatMap((resource) => candidateFor(resource, tagged) ?? [])
  return withTheirNeeds(found, listed)
}

/** What is left when nothing was at the first id of some: the next id, or none, nor anything that is made of it. */
export function without(
  candidates: readonly Candidate[],
  fallen: ReadonlySet<string>,
  listed: ReadonlySet<string>,
): readonly Candidate[] {
  const left = candidates.flatMap((candidate) => {
    return fallen.has(candidate.address) ? (nextOf(candidate) ?? []) : [candidate]
  })
  return withTheirNeeds(left, listed)
}

/** The candidate with the next of its ids; undefined where there is none. */
export function nextOf(candidate: Candidate): Candidate | undefined {
  const [, next, ...others] = candidate.ids
  return next === undefined ? undefined : { ...candidate, ids: [next, ...others] }
}

function withTheirNeeds(candidates: readonly Candidate[], listed: ReadonlySet<string>): readonly Candidate[] {
  const there = new Set([...listed, ...candidates.map(({ address }) => address)])
  const left = candidates.filter(({ needs }) => needs.every((address) => there.has(address)))
  return left.length === candidates.length ? left : withTheirNeeds(left, listed)
}

function candidateFor(
  { address, type, block }: SynthesisedResource,
  tagged: readonly Tagged[],
): Candidate | undefined {
  const takeover = TAKEOVERS[type]
  if (takeover === undefined || takeover.by === 'put') return undefined
  const ids = takeover.by === 'named' ? [filled(takeover.id, block)] : idsOf(address, takeover.id, tagged)
  const [id, ...others] = ids
  if (id === undefined) return undefined
  const needs = referredTo(id)
  const { lookup } = takeover
  if (lookup === undefined) {
    const many = type === 'aws_ecs_task_definition' ? { isOneOfMany: true } : {}
    return { address, ids: [id, ...others], needs, ...many }
  }
  const source = `takeover_${address.slice(type.length + 1)}`
  return {
    address,
    ids: [lookup.importId(id, `data.${lookup.type}.${source}`)],
    needs,
    lookup: { type: lookup.type, id: source, block: lookup.block(id) },
  }
}

/** Attributes in braces; Terraform's own expressions stay. */
function filled(id: string, block: SynthesisedResource['block']): string {
  return id.replaceAll(/(?<!\$)\{(\w+)\}/g, (_, attribute: string) => String(block[attribute]))
}

function idsOf(
  address: string,
  idOf: (arn: string) => string | undefined,
  tagged: readonly Tagged[],
): readonly string[] {
  return (
    tagged
      .filter((one) => one.address === address)
      .flatMap(({ arn }) => idOf(arn) ?? [])
      // Of a task definition's revisions the newest.
      .toSorted((one, other) => other.localeCompare(one, 'en', { numeric: true }))
  )
}

function referredTo(expression: string): readonly string[] {
  return [...expression.matchAll(/(?<!data\.)\b(aws_\w+\.[\w-]+)/g)].map(([, address = '']) => address)
}
