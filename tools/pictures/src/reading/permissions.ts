import { isBlock, type Resource, type StackJson, textsIn, valuesAt } from '@cartwright/infra/stack-json'
import { nameOf } from './names.ts'

/** What a role may do with a resource. */
export interface Grant {
  /** The resource, or the end of its ARN where it is not in the stack: `repository/another`. */
  readonly on: Resource | string
  /** Without their service: `GetItem`. */
  readonly actions: readonly string[]
}

/** Which resources of this stack an ARN with a name in it means, by what stands before the name. */
const NAMED: Readonly<Record<string, string>> = {
  project: 'aws_codebuild_project',
  repository: 'aws_ecr_repository',
  service: 'aws_ecs_service',
}

/** What the policies of a role allow on what can be named; what they allow on everything (`*`) is left out. */
export function grantsOf(stack: StackJson, role: Resource): readonly Grant[] {
  const grants = new Map<Resource | string, Set<string>>()
  for (const policy of stack.referring(role, 'aws_iam_role_policy', 'role')) {
    for (const { actions, resources } of allowedBy(policy)) {
      for (const on of resources.flatMap((arn) => meant(stack, arn))) {
        const known = grants.get(on) ?? new Set()
        for (const action of actions) known.add(action.slice(action.indexOf(':') + 1))
        grants.set(on, known)
      }
    }
  }
  return [...grants].map(([on, actions]) => ({ on, actions: [...actions] }))
}

interface Allowed {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

function allowedBy({ address, block }: Resource): readonly Allowed[] {
  const [policy] = valuesAt(block, 'policy')
  if (typeof policy !== 'string') throw new Error(`${address} has no policy that can be read; wanted: JSON`)
  return valuesAt(JSON.parse(policy), 'Statement')
    .filter(isBlock)
    .filter((statement) => statement['Effect'] === 'Allow')
    .map((statement) => ({
      actions: textsIn(statement['Action']),
      resources: textsIn(statement['Resource']),
    }))
}

function meant(stack: StackJson, arn: string): readonly (Resource | string)[] {
  const named = /:(\w+)\/(?:[^:]+\/)?([\w-]+)$/.exec(arn)
  const [, kind = '', name = ''] = named ?? []
  const type = NAMED[kind]
  if (type === undefined) return stack.referredBy(arn)
  const own = stack.all(type).find((resource) => nameOf(resource) === name)
  return [own ?? `${kind}/${name}`]
}
