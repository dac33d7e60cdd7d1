import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Environment } from '@cartwright/environments'
import type { LockedState } from '../backend/lock.ts'
import { findState } from '../backend/state.ts'
import { DeployProblem } from '../problem.ts'
import type { SynthesisedStack } from '../stacks.ts'
import type { Tell } from '../tell.ts'
import type { ResourceChange } from '../terraform/plan.ts'
import type { Diagnostic } from '../terraform/said.ts'
import { type Terraform, TerraformFailed } from '../terraform/terraform.ts'
import { type Candidate, candidatesOf, nextOf, without } from './candidates.ts'
import { leaveCacheAlone, remindCache } from './imported-cache.ts'
import { findTagged } from './tagged.ts'

const FILE = 'takeover.tf.json'
/** Terraform lays files of such a name over the others. */
const OVERRIDE = 'takeover_override.tf.json'

export interface TakeoverOptions {
  readonly environment: Environment
  readonly stack: SynthesisedStack
  readonly state: LockedState
  readonly terraform: Terraform
  readonly tell: Tell
  /** Whether the state may be mended; otherwise nothing is changed. */
  readonly writes: boolean
}

/**
 * Plans, and takes over what is at AWS and in no state: what a killed deploy made since it last wrote the state down, or
 * everything, where the state is lost. Each thing that may be there gets an `import` block; Terraform tells which of them
 * is not there, and the others are planned again:
 *
 *     names and tags ── import blocks ── plan ── those that are not there fall ── plan ── … ── plan without a failure
 *
 * @returns what is going to change in a few words; undefined where nothing is
 * @throws {DeployProblem} where something of that name is not this environment's
 */
export async function planTakeover(options: TakeoverOptions): Promise<string | undefined> {
  const { environment, stack, state, terraform, tell, writes } = options
  // A run before this one may have ended just then.
  if (writes) await remindCache(terraform)
  const listed = new Set((await findState(state)).resources.map(({ address }) => address))
  const tagged = await findTagged(environment)
  let candidates = candidatesOf(stack, listed, tagged)
  const file = path.join(stack.folder, FILE)
  const override = path.join(stack.folder, OVERRIDE)
  try {
    writeFileSync(override, JSON.stringify(leaveCacheAlone(stack)))
    for (;;) {
      tell(`terraform plan: looking for ${candidates.length} resources that may be there already`)
      writeFileSync(file, fileOf(candidates))
      try {
        const changes = await terraform.plan()
        const twins = candidates.filter(({ ids, isOneOfMany }) => ids.length > 1 && !isOneOfMany)
        if (twins.length > 0) {
          candidates = await withoutTwins(options, file, candidates)
          continue
        }
        refuseForeign(terraform.planned().resource_changes ?? [], environment)
        return changes
      } catch (error) {
        if (!(error instanceof TerraformFailed)) throw error
        const fallen = fallenIn(error.errors, candidates)
        if (fallen.size === 0) throw error
        candidates = without(candidates, fallen, listed)
      }
    }
  } finally {
    removeTakeover(stack)
  }
}

/**
 * Where two things have the tag of one resource, one of them may be about to be deleted. If both are there, a killed deploy was
 * not looked after, and nobody but the user knows which of them is in use.
 *
 * @returns the candidates, each with the id that is there
 * @throws {DeployProblem} where both are
 */
async function withoutTwins(
  { terraform, stack, tell }: TakeoverOptions,
  file: string,
  candidates: readonly Candidate[],
): Promise<readonly Candidate[]> {
  let others = candidates.flatMap((candidate) => (candidate.isOneOfMany ? [] : (nextOf(candidate) ?? [])))
  while (others.length > 0) {
    tell(`terraform plan: looking whether ${others.length} of them are there twice`)
    writeFileSync(file, fileOf(others))
    try {
      await terraform.plan()
      const named = others.map(({ address, ids: [id] }) => {
        const first = candidates.find((candidate) => candidate.address === address)?.ids[0]
        return `${address} (${first} and ${id})`
      })
      throw new DeployProblem(
        `AWS has twice what ${stack.name} has once: ${named.join(', ')}; wanted: the one that is not in use deleted, or without its tag TerraformAddress`,
      )
    } catch (error) {
      if (!(error instanceof TerraformFailed)) throw error
      const fallen = fallenIn(error.errors, others)
      if (fallen.size === 0) throw error
      others = others.flatMap((other) => (fallen.has(other.address) ? (nextOf(other) ?? []) : [other]))
    }
  }
  return candidates.map((candidate) =>
    candidate.isOneOfMany ? candidate : { ...candidate, ids: [candidate.ids[0]] },
  )
}

/** Left by a run that was killed, it would take over once more, and hide changes of Redis. */
export function removeTakeover({ folder }: Pick<SynthesisedStack, 'folder'>): void {
  for (const file of [FILE, OVERRIDE]) rmSync(path.join(folder, file), { force: true })
}

/** A block in a line, so that a finding that names a line names it. */
function fileOf(candidates: readonly Candidate[]): string {
  const data: Record<string, Record<string, object>> = { aws_caller_identity: { takeover: {} } }
  for (const { lookup } of candidates) {
    if (lookup !== undefined) data[lookup.type] = { ...data[lookup.type], [lookup.id]: lookup.block }
  }
  const imports = candidates.map(({ address, ids: [id] }) => JSON.stringify({ to: address, id }))
  return `{"import": [\n${imports.join(',\n')}\n], "data": ${JSON.stringify(data)}}\n`
}

/**
 * The candidates that Terraform could not take over: there is nothing of that id, or the id is made of something that is
 * not there. Whatever else was wrong comes back when they are no longer asked for.
 */
function fallenIn(errors: readonly Diagnostic[], candidates: readonly Candidate[]): ReadonlySet<string> {
  const fallen = errors.flatMap(({ address, detail = '', range }) => {
    if (range?.filename === FILE) return candidates[range.start.line - 2] ?? []
    return candidates.filter(
      (candidate) =>
        candidate.address === address ||
        // "While attempting to import an existing object to "aws_…", the provider detected that no object exists …"
        detail.includes(`"${candidate.address}"`) ||
        (candidate.lookup !== undefined &&
          address === `data.${candidate.lookup.type}.${candidate.lookup.id}`),
    )
  })
  return new Set(fallen.map(({ address }) => address))
}

/** A name may be somebody else's: what has tags, but not ours, is not taken over. */
function refuseForeign(
  changes: readonly ResourceChange[],
  { project, name }: Pick<Environment, 'project' | 'name'>,
): void {
  const foreign = changes.filter(({ change }) => {
    // The provider's shape of tags.
    const tags = change.before?.['tags_all'] as Readonly<Record<string, string>> | null | undefined
    if (change.importing === undefined || Object.keys(tags ?? {}).length === 0) return false
    return tags?.['Project'] !== project || tags['Environment'] !== name
  })
  if (foreign.length === 0) return
  const named = foreign.map(({ address, change }) => `${change.importing?.id} (${address})`)
  throw new DeployProblem(
    `${named.join(', ')} ${foreign.length === 1 ? 'is' : 'are'} there without the tags of ${name}; wanted: the tags ` +
      `Project ${project} and Environment ${name}, or no such resource`,
  )
}
