import type { StateResource } from '../backend/state.ts'
import type { SynthesisedStack } from '../stacks.ts'

import { protectedIn } from './protection.ts'
import { remainsOf } from './remains.ts'

const stackOf = (blocks: Readonly<Record<string, object>>) =>
  ({
    name: 'prod',
    folder: '',
    region: 'eu-west-1',
    stateKey: '',
    terraform: '1.11.0',
    resources: Object.entries(blocks).map(([address, block]) => ({
      address,
      type: address.split('.')[0] ?? '',
      block: { ...block },
    })),
  }) satisfies SynthesisedStack

function stateOf(resources: Readonly<Record<string, StateResource['values']>>): readonly StateResource[] {
  return Object.entries(resources).map(([address, values]) => ({
    address,
    type: address.split('.')[0] ?? '',
    values,
  }))
}

describe('what is protected', () => {
  const table = 'aws_dynamodb_table.it'
  const balancer = 'aws_lb.it'

  test.each([
    [
      'AWS refuses to delete it',
      stackOf({}),
      stateOf({ [balancer]: { enable_deletion_protection: true } }),
      balancer,
    ],
    [
      'the table has its own word',
      stackOf({}),
      stateOf({ [table]: { deletion_protection_enabled: true } }),
      table,
    ],
    [
      'the configuration keeps it',
      stackOf({ [table]: { lifecycle: { prevent_destroy: true } } }),
      stateOf({ [table]: {} }),
      table,
    ],
  ])('is named where %s', (_, stack, state, named) => {
    expect(protectedIn(state, stack)).toEqual([named])
  })

  test('is nothing that is not there, and nothing whose protection was switched off', () => {
    const stack = stackOf({ [table]: { lifecycle: { prevent_destroy: true } }, [balancer]: {} })

    expect(protectedIn(stateOf({ [balancer]: { enable_deletion_protection: false } }), stack)).toEqual([])
  })
})

describe('what AWS keeps', () => {
  test('is told with how long', () => {
    const state = stateOf({
      'aws_kms_key.it': { key_id: 'some-key', deletion_window_in_days: 30 },
      'aws_secretsmanager_secret.it': { name: 'token', recovery_window_in_days: 7 },
      'aws_elasticache_replication_group.it': { final_snapshot_identifier: 'last' },
      'aws_dynamodb_table.it': { name: 'carts', point_in_time_recovery: [{ enabled: true }] },
    })

    expect(remainsOf(state)).toEqual([
      'the key some-key, for 30 days',
      'the secret token, for 7 days',
      'the snapshot last of Redis, until you delete it',
      'a system backup of the table carts, for 35 days',
    ])
  })

  test('is no secret that goes at once, no group without a last snapshot, no table without recovery', () => {
    const state = stateOf({
      'aws_secretsmanager_secret.it': { name: 'token', recovery_window_in_days: 0 },
      'aws_elasticache_replication_group.it': { final_snapshot_identifier: null },
      'aws_dynamodb_table.it': { name: 'carts', point_in_time_recovery: [{ enabled: false }] },
    })

    expect(remainsOf(state)).toEqual([])
  })
})
