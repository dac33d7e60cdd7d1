import type { EnvironmentVariable } from '@aws-sdk/client-codebuild'
import type { ActionDeclaration } from '@aws-sdk/client-codepipeline'
import { registerRevision, rollOut } from '@cartwright/release'
import { RehearsalProblem } from '../problem.ts'
import { type ArtifactStore, CLONE_FILE, type Location, textIn } from './artifacts.ts'
import { type BuildOptions, type Built, runBuild } from './build/build.ts'
import { subjectOf } from './checkout.ts'
import type { DeliveryClients } from './clients.ts'
import type { Workshop } from './workshop.ts'

/** What an action is played with. */
export interface ActionContext {
  readonly action: ActionDeclaration
  /** With the variables of other actions in it. */
  readonly configuration: Readonly<Record<string, string>>
  readonly inputs: readonly Location[]
  readonly sources: { readonly repository: string; readonly commit: string }
  readonly artifacts: ArtifactStore
  readonly workshop: Workshop
  /** Whoever rehearses. */
  readonly clients: DeliveryClients
  /** The pipeline's role, or the action's own. */
  readonly role: DeliveryClients
  readonly signal: AbortSignal
  readonly note: (line: string) => void
}

export interface ActionResult {
  readonly outputs?: readonly Location[]
  readonly variables?: Readonly<Record<string, string>>
  readonly externalId?: string
  readonly summary?: string
}

/** An action has failed, as AWS's would: the pipeline goes on from there as declared. */
export class ActionFailed extends Error {
  readonly said: readonly string[]

  constructor(message: string, said: readonly string[] = []) {
    super(message)
    this.said = said
  }
}

/** Somebody has to approve. */
export const APPROVAL = 'Approval/Manual'

type Action = (context: ActionContext) => Promise<ActionResult>

/** By category and provider, those that are played. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  'Source/CodeStarSourceConnection': source,
  'Build/CodeBuild': build,
  'Test/CodeBuild': build,
  'Deploy/ECS': deployToEcs,
}

export function kindOf({ actionTypeId }: ActionDeclaration): string {
  return `${actionTypeId?.category}/${actionTypeId?.provider}`
}

/** What a source of that output format hands over is how to clone; CodeBuild does it. */
const CLONE = 'CODEBUILD_CLONE_REF'

async function source({
  configuration,
  sources,
  artifacts,
  role,
  action,
  note,
}: ActionContext): Promise<ActionResult> {
  const { FullRepositoryId = '', BranchName = '', ConnectionArn = '', OutputArtifactFormat } = configuration
  if (OutputArtifactFormat !== CLONE)
    throw new RehearsalProblem(
      `the source hands over ${OutputArtifactFormat ?? 'a zip'}; wanted: ${CLONE}, others are not played`,
    )
  const { commit } = sources
  const message = await subjectOf(sources)
  note(`${FullRepositoryId}, ${BranchName}: ${commit.slice(0, 12)} ${message}`)
  const content = Buffer.from(JSON.stringify({ ConnectionArn, FullRepositoryId, CommitId: commit }))
  const location = await artifacts.put(role.s3, nameOf(action.outputArtifacts), { [CLONE_FILE]: content })
  return {
    outputs: [location],
    variables: {
      CommitId: commit,
      BranchName,
      CommitMessage: message,
      FullRepositoryName: FullRepositoryId,
      ConnectionArn,
    },
    externalId: commit,
    summary: message,
  }
}

async function build(context: ActionContext): Promise<ActionResult> {
  const { action, configuration, inputs, sources, role } = context
  const projectName = configuration['ProjectName'] ?? ''
  const [from] = inputs
  const { id, built } = await startBuild({
    ...context,
    projectName,
    sources: from === undefined ? undefined : { from, ...sources },
    output: action.outputArtifacts?.[0]?.name,
  })
  await role.codebuild.batchGetBuilds({ ids: [id] })
  return resultOf(projectName, id, built)
}

export interface StartBuildOptions extends Omit<BuildOptions, 'id' | 'project' | 'overrides'> {
  /** Whoever starts it. */
  readonly role: DeliveryClients
  readonly projectName: string
  /** @default the project's alone */
  readonly overrides?: EnvironmentVariable[]
}

/** Starts a build, and carries it out. */
export async function startBuild({
  role,
  projectName,
  overrides = [],
  ...options
}: StartBuildOptions): Promise<{ readonly id: string; readonly built: Built }> {
  const environmentVariablesOverride = overrides
  const { build: started } = await role.codebuild.startBuild({ projectName, environmentVariablesOverride })
  const { projects: [project] = [] } = await options.clients.codebuild.batchGetProjects({
    names: [projectName],
  })
  if (started?.id === undefined || project === undefined)
    throw new ActionFailed(`CodeBuild has no project ${projectName}; wanted: the one that the pipeline names`)
  const given = Object.fromEntries(overrides.map(({ name, value }) => [name, value ?? '']))
  return { id: started.id, built: await runBuild({ ...options, id: started.id, project, overrides: given }) }
}

/** @throws {ActionFailed} where it did not succeed */
export function resultOf(project: string, id: string, built: Built): ActionResult {
  const { status, exported, failed, artifact, said } = built
  if (status !== 'SUCCEEDED')
    throw new ActionFailed(
      `${project} ${WORDS[status]}${failed === undefined ? '' : ` at: ${failed.split('\n')[0]}`}`,
      said,
    )
  return {
    ...(artifact === undefined ? {} : { outputs: [artifact] }),
    variables: exported,
    externalId: id,
  }
}

const WORDS = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'took too long, and was ended',
  STOPPED: 'was stopped',
}

async function deployToEcs({
  configuration,
  inputs,
  artifacts,
  role,
  signal,
  note,
}: ActionContext): Promise<ActionResult> {
  const {
    ClusterName: cluster = '',
    ServiceName = '',
    FileName = 'imagedefinitions.json',
    DeploymentTimeout = '60',
  } = configuration
  const [from] = inputs
  if (from === undefined) throw new ActionFailed('the deployment has no input artifact; wanted: one')
  const [definition, ...others] = imagesIn(textIn(await artifacts.get(role.s3, from), FileName))
  if (definition === undefined || others.length > 0)
    throw new RehearsalProblem(
      `${FileName} names ${others.length + 1} containers; wanted: one, more are not played`,
    )
  const service = { cluster, service: ServiceName, container: definition.name }
  const revision = await registerRevision(role.ecs, { service, image: definition.imageUri })
  note(`${revision.split('/').at(-1)}: ${definition.imageUri.split(':').at(-1)}`)
  try {
    await rollOut(role.ecs, {
      service,
      revision,
      patience: Number(DeploymentTimeout) * 60_000,
      tell: note,
      signal,
    })
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error
    throw new ActionFailed(error.message)
  }
  return { externalId: revision, summary: `${ServiceName} runs ${revision.split('/').at(-1)}` }
}

interface ImageDefinition {
  readonly name: string
  readonly imageUri: string
}

/** "Image definitions file reference" */
function imagesIn(text: string): readonly ImageDefinition[] {
  const found: unknown = JSON.parse(text)
  const isOne = (one: unknown): one is ImageDefinition =>
    typeof one === 'object' &&
    one !== null &&
    'name' in one &&
    'imageUri' in one &&
    typeof one.imageUri === 'string'
  if (Array.isArray(found) && found.every(isOne)) return found
  throw new ActionFailed(
    `the image definitions are ${text.slice(0, 200)}; wanted: a list of name and imageUri`,
  )
}

function nameOf(artifacts: readonly { readonly name?: string | undefined }[] | undefined): string {
  return artifacts?.[0]?.name ?? ''
}
