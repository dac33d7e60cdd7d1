import type { SynthesisedStack } from '../stacks.ts'
import type { Terraform } from '../terraform/terraform.ts'

const TYPE = 'aws_elasticache_replication_group'
/** What the provider takes where the configuration says nothing. */
const DEFAULT = 'ROTATE'

/**
 * Lets Terraform leave a replication group as it is while it takes it over. The provider forgets how its token is
 * changed, and would change it, to none, with whatever else it changes: AWS refuses that.
 *
 * @returns what overrides the configuration for that run
 */
export function leaveCacheAlone(stack: SynthesisedStack): object {
  const groups = stack.resources.filter(({ type }) => type === TYPE)
  const lifecycle = { ignore_changes: 'all' }
  return {
    resource: {
      [TYPE]: Object.fromEntries(
        groups.map(({ address }) => [address.slice(TYPE.length + 1), { lifecycle }]),
      ),
    },
  }
}

interface State {
  serial: number
  readonly resources: readonly {
    readonly type: string
    readonly instances: readonly { readonly attributes: Record<string, unknown> }[]
  }[]
}

/**
 * Writes into the state what the provider forgot when it took the group over, so that it takes the token for unchanged.
 */
export async function remindCache(terraform: Terraform): Promise<void> {
  const text = terraform.pull()
  if (text === '') return
  // Terraform's own format, the same since 0.12.
  const state = JSON.parse(text) as State
  const groups = state.resources.filter(({ type }) => type === TYPE)
  const forgotten = groups
    .flatMap(({ instances }) => instances)
    .filter(({ attributes }) => (attributes['auth_token_update_strategy'] ?? null) === null)
  if (forgotten.length === 0) return
  for (const { attributes } of forgotten) attributes['auth_token_update_strategy'] = DEFAULT
  state.serial += 1
  await terraform.push(JSON.stringify(state))
}
