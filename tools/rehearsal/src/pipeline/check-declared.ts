import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline'
import { RehearsalProblem } from '../problem.ts'
import { APPROVAL, kindOf } from './actions.ts'

/** The kinds of actions that are played, and what their configurations may say. */
const CONFIGURED: Readonly<Record<string, readonly string[]>> = {
  [APPROVAL]: ['CustomData', 'NotificationArn', 'ExternalEntityLink'],
  'Source/CodeStarSourceConnection': [
    'ConnectionArn',
    'FullRepositoryId',
    'BranchName',
    'OutputArtifactFormat',
    'DetectChanges',
  ],
  'Build/CodeBuild': ['ProjectName'],
  'Test/CodeBuild': ['ProjectName'],
  'Deploy/ECS': ['ClusterName', 'ServiceName', 'FileName', 'DeploymentTimeout'],
}

/**
 * Sees that a pipeline has nothing that is not played: one that is played in part would prove nothing.
 *
 * @throws {RehearsalProblem} for the first that it has
 */
export function checkDeclared({ stages = [] }: PipelineDeclaration, region: string): void {
  for (const stage of stages) {
    checkStage(stage)
    for (const action of stage.actions ?? []) checkAction(action, region)
  }
}

function checkStage({ name, onFailure, onSuccess, beforeEntry, blockers = [] }: StageDeclaration): void {
  const strange = [
    ...(beforeEntry === undefined ? [] : ['conditions of entry']),
    ...(onSuccess === undefined ? [] : ['conditions of success']),
    ...(onFailure?.conditions === undefined ? [] : ['conditions of failure']),
    ...(onFailure?.result === undefined || onFailure.result === 'ROLLBACK'
      ? []
      : [`on failure ${onFailure.result}`]),
    ...(blockers.length === 0 ? [] : ['blockers']),
  ]
  if (strange.length > 0)
    throw new RehearsalProblem(
      `the pipeline's stage ${name} has ${strange.join(', ')}; wanted: none, they are not played`,
    )
}

function checkAction(action: ActionDeclaration, region: string): void {
  const { name, configuration = {}, inputArtifacts = [], outputArtifacts = [], timeoutInMinutes } = action
  const kind = kindOf(action)
  const known = CONFIGURED[kind]
  if (known === undefined) {
    throw new RehearsalProblem(
      `the pipeline's action ${name} is of the kind ${kind}, which is not played; wanted: ${Object.keys(CONFIGURED).join(', ')}`,
    )
  }
  const strange = [
    ...Object.keys(configuration).filter((key) => !known.includes(key)),
    ...(inputArtifacts.length > 1 ? [`${inputArtifacts.length} input artifacts`] : []),
    ...(outputArtifacts.length > 1 ? [`${outputArtifacts.length} output artifacts`] : []),
    ...(action.region === undefined || action.region === region ? [] : [`the region ${action.region}`]),
    ...(timeoutInMinutes === undefined ? [] : ['a timeout of its own']),
  ]
  if (strange.length > 0)
    throw new RehearsalProblem(
      `the pipeline's action ${name} has ${strange.join(', ')}; wanted: none, they are not played`,
    )
}
