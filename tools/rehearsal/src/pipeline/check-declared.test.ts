import type { ActionDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline'
import { checkDeclared } from './check-declared.ts'

const BUILD: ActionDeclaration = {
  name: 'Build',
  actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
  configuration: { ProjectName: 'shop-build' },
}

const check =
  (stage: Partial<StageDeclaration>, action: Partial<ActionDeclaration> = {}) =>
  () =>
    checkDeclared(
      {
        name: 'shop',
        roleArn: '',
        stages: [{ name: 'Build', actions: [{ ...BUILD, ...action }], ...stage }],
      },
      'eu-west-1',
    )

test('what is played is taken', () => {
  expect(check({ onFailure: { result: 'ROLLBACK' } }, { region: 'eu-west-1' })).not.toThrow()
})

test.each([
  [{ onFailure: { result: 'RETRY' as const } }, {}, 'stage Build has on failure RETRY; wanted: none'],
  [{ beforeEntry: { conditions: [] } }, {}, 'stage Build has conditions of entry'],
  [{}, { region: 'us-east-1' }, 'action Build has the region us-east-1'],
  [{}, { configuration: { ProjectName: 'x', BatchEnabled: 'true' } }, 'action Build has BatchEnabled'],
  [{}, { inputArtifacts: [{ name: 'a' }, { name: 'b' }] }, 'action Build has 2 input artifacts'],
  [
    {},
    {
      actionTypeId: { category: 'Invoke' as const, owner: 'AWS' as const, provider: 'Lambda', version: '1' },
    },
    'is of the kind Invoke/Lambda, which is not played; wanted: Approval/Manual',
  ],
])('%j %j is refused', (stage, action, message) => {
  expect(check(stage, action)).toThrow(message)
})
