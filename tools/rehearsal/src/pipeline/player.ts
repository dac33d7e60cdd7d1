import { randomUUID } from 'node:crypto'
import type { EnvironmentVariable } from '@aws-sdk/client-codebuild'
import type {
  ActionDeclaration,
  ActionExecutionDetail,
  PipelineDeclaration,
  StageDeclaration,
} from '@aws-sdk/client-codepipeline'
import { takeRole } from '../clients/index.ts'
import { ACTIONS, ActionFailed, APPROVAL, kindOf, resultOf, startBuild } from './actions.ts'
import { ArtifactStore } from './artifacts.ts'
import { checkDeclared } from './check-declared.ts'
import type { DeliveryClients } from './clients.ts'
import { type ServiceEvent, targetsOf } from './events.ts'
import { artifactsOf, type Execution, type History, rollbackTarget, variablesOf } from './history.ts'
import { resolved } from './variables.ts'
import type { Workshop } from './workshop.ts'

/** What is said to a pipeline that waits for somebody. */
export type Answer = 'approve' | 'reject' | 'wait'

export interface PlayerOptions {
  readonly clients: DeliveryClients
  readonly pipeline: PipelineDeclaration
  readonly history: History
  readonly workshop: Workshop
  /** Of this machine: it stands for the one at the code host. */
  readonly repository: string
  readonly answer: Answer
  /** Stops the execution; what a stage's end starts is still played. */
  readonly signal: AbortSignal
  readonly tell: (line: string) => void
}

/** How an execution ended, or where it waits. */
export interface Outcome {
  readonly execution: string
  readonly status: 'Succeeded' | 'Failed' | 'Stopped' | 'Waiting'
  /** Where it did not go on. */
  readonly stage?: string
  readonly reason?: string
  /** The last that the failed action said. */
  readonly said?: readonly string[]
  /** Of a stage that was rolled back: what became of it. */
  readonly rollback?: Outcome | 'nothing to go back to'
  /** What the released image is tagged with. */
  readonly image?: string
}

/** Carries out a pipeline as it is declared at AWS, with its own roles. */
export class Player {
  readonly #options: PlayerOptions
  readonly #artifacts: ArtifactStore

  /** @throws {RehearsalProblem} where it has something that is not played */
  constructor(options: PlayerOptions) {
    this.#options = options
    const { name = '', artifactStore } = options.pipeline
    checkDeclared(options.pipeline, options.clients.place.region)
    this.#artifacts = new ArtifactStore({
      bucket: artifactStore?.location ?? '',
      pipeline: name,
      keyArn: artifactStore?.encryptionKey?.id,
    })
  }

  /** As a push of this commit to the pipeline's branch starts it. */
  async play(commit: string): Promise<Outcome> {
    const execution = this.#new({ trigger: { triggerType: 'WebhookV2', triggerDetail: commit } })
    return await this.#goOn(execution, commit)
  }

  /** Goes on with one that waits for somebody. */
  async resume(id: string): Promise<Outcome> {
    const execution = await this.#options.history.find(id)
    return await this.#goOn(execution, execution.told.trigger?.triggerDetail ?? '')
  }

  /** Ends one whose player is gone, as somebody would who stops it. */
  async abandon(id: string): Promise<void> {
    const execution = await this.#options.history.find(id)
    for (const one of execution.actions) if (one.status === 'InProgress') one.status = 'Abandoned'
    // Also between two actions: what the first has begun is to be undone.
    const stage = execution.actions.at(-1)?.stageName
    if (stage !== undefined) await this.#announce(execution, stage, 'STOPPED')
    await this.#end(execution, 'Stopped')
  }

  #new(told: Partial<Execution['told']>): Execution {
    const { name, version } = this.#options.pipeline
    return {
      told: {
        pipelineName: name,
        pipelineVersion: version,
        pipelineExecutionId: randomUUID(),
        status: 'InProgress',
        executionMode: 'QUEUED',
        executionType: 'STANDARD',
        ...told,
      },
      actions: [],
    }
  }

  async #goOn(execution: Execution, commit: string): Promise<Outcome> {
    const { pipeline, history } = this.#options
    await history.record(execution)
    for (const stage of pipeline.stages ?? []) {
      const outcome = await this.#stage(execution, stage, commit)
      if (outcome !== undefined) return outcome
    }
    return await this.#end(execution, 'Succeeded')
  }

  async #end(execution: Execution, status: 'Succeeded' | 'Failed' | 'Stopped'): Promise<Outcome> {
    execution.told.status = status
    await this.#options.history.record(execution)
    const image = Object.values(variablesOf(execution)).find((told) => 'IMAGE_TAG' in told)?.['IMAGE_TAG']
    const { pipelineExecutionId } = execution.told
    return { execution: pipelineExecutionId, status, ...(image === undefined ? {} : { image }) }
  }

  /** @returns nothing where it goes on after the stage */
  async #stage(execution: Execution, stage: StageDeclaration, commit: string): Promise<Outcome | undefined> {
    const { tell, signal } = this.#options
    const name = stage.name ?? ''
    try {
      for (const action of inOrder(stage)) {
        if (isDone(execution, name, action)) continue
        signal.throwIfAborted()
        if (kindOf(action) === APPROVAL) {
          const waiting = await this.#approval(execution, name, action)
          if (waiting !== undefined) return waiting
        } else await this.#action(execution, name, action, commit)
      }
      return undefined
    } catch (error) {
      const isStopped = signal.aborted
      const reason = error instanceof Error ? error.message : String(error)
      if (!isStopped) tell(`${name}: failed: ${reason}`)
      const failedAt = new Date()
      const rollback =
        !isStopped && stage.onFailure?.result === 'ROLLBACK'
          ? await this.#rollBack(execution, stage)
          : undefined
      await this.#announce(execution, name, isStopped ? 'STOPPED' : 'FAILED', failedAt)
      // Last: one that is killed before goes on with it, as it is not ended.
      const outcome = await this.#end(execution, isStopped ? 'Stopped' : 'Failed')
      return {
        ...outcome,
        stage: name,
        reason,
        ...(error instanceof ActionFailed ? { said: error.said } : {}),
        ...(rollback === undefined ? {} : { rollback }),
      }
    }
  }

  async #action(
    execution: Execution,
    stageName: string,
    action: ActionDeclaration,
    commit: string,
  ): Promise<void> {
    const { clients, workshop, repository, pipeline, signal, tell } = this.#options
    const note = (line: string): void => tell(`  ${action.name}: ${line}`)
    const configuration = resolved(action.configuration ?? {}, variablesOf(execution))
    const there = artifactsOf(execution)
    const inputs = (action.inputArtifacts ?? []).map(({ name = '' }) => {
      const found = there.get(name)
      if (found === undefined) throw new ActionFailed(`no action before ${action.name} made ${name}`)
      return { name, location: found }
    })
    const detail = await this.#begin(execution, stageName, action, configuration, inputs)
    const began = performance.now()
    try {
      const keys = await takeRole(
        clients,
        action.roleArn ?? pipeline.roleArn ?? '',
        'codepipeline.amazonaws.com',
      )
      const played = ACTIONS[kindOf(action)]
      if (played === undefined) throw new Error(`${kindOf(action)} was checked before`)
      const {
        outputs = [],
        variables,
        externalId,
        summary,
      } = await played({
        action,
        configuration,
        inputs: inputs.map(({ location }) => location),
        sources: { repository, commit },
        artifacts: this.#artifacts,
        workshop,
        clients,
        role: clients.as(keys),
        signal,
        note,
      })
      detail.status = 'Succeeded'
      detail.output = {
        outputArtifacts: (action.outputArtifacts ?? []).flatMap(({ name }, index) =>
          outputs[index] === undefined ? [] : [{ name, s3location: outputs[index] }],
        ),
        ...(variables === undefined ? {} : { outputVariables: variables }),
        executionResult: { externalExecutionId: externalId, externalExecutionSummary: summary },
      }
      note(`succeeded, ${((performance.now() - began) / 1000).toFixed(1)} s`)
    } catch (error) {
      detail.status = signal.aborted ? 'Abandoned' : 'Failed'
      detail.output = {
        executionResult: {
          errorDetails: { message: error instanceof Error ? error.message : String(error) },
        },
      }
      throw error
    } finally {
      detail.lastUpdateTime = new Date()
      await this.#options.history.record(execution)
    }
  }

  async #begin(
    execution: Execution,
    stageName: string,
    action: ActionDeclaration,
    resolvedConfiguration: Record<string, string>,
    inputs: readonly {
      readonly name: string
      readonly location: { readonly bucket: string; readonly key: string }
    }[],
  ): Promise<ActionExecutionDetail> {
    const { pipelineExecutionId, pipelineVersion } = execution.told
    const detail: ActionExecutionDetail = {
      pipelineExecutionId,
      pipelineVersion,
      actionExecutionId: randomUUID(),
      stageName,
      actionName: action.name,
      status: 'InProgress',
      startTime: new Date(),
      lastUpdateTime: new Date(),
      input: {
        actionTypeId: action.actionTypeId,
        configuration: action.configuration,
        resolvedConfiguration,
        inputArtifacts: inputs.map(({ name, location }) => ({ name, s3location: location })),
        namespace: action.namespace,
      },
    }
    execution.actions.push(detail)
    await this.#options.history.record(execution)
    return detail
  }

  /** @returns how it waits or was rejected; nothing where it was approved */
  async #approval(
    execution: Execution,
    stageName: string,
    action: ActionDeclaration,
  ): Promise<Outcome | undefined> {
    const { answer, tell, history } = this.#options
    const { CustomData = '' } = resolved(action.configuration ?? {}, variablesOf(execution))
    const waiting = execution.actions.find(
      (one) => one.stageName === stageName && one.status === 'InProgress',
    )
    const detail = waiting ?? (await this.#begin(execution, stageName, action, { CustomData }, []))
    tell(`  ${action.name}: ${CustomData}`)
    const { pipelineExecutionId } = execution.told
    if (answer === 'wait')
      return { execution: pipelineExecutionId, status: 'Waiting', stage: stageName, reason: CustomData }
    detail.status = answer === 'approve' ? 'Succeeded' : 'Failed'
    detail.lastUpdateTime = new Date()
    detail.output = {
      executionResult: { externalExecutionSummary: `${answer === 'approve' ? 'approved' : 'rejected'} here` },
    }
    await history.record(execution)
    if (answer === 'reject') throw new ActionFailed('rejected')
    return undefined
  }

  /** Plays the stage again with what the last execution deployed that went through it. */
  async #rollBack(failed: Execution, stage: StageDeclaration): Promise<Outcome | 'nothing to go back to'> {
    const { history, tell, pipeline } = this.#options
    const target = rollbackTarget(await history.list(), failed.told.pipelineExecutionId)
    const found = target === undefined ? undefined : await history.find(target)
    // A pipeline that was changed since has none that it can go back to.
    if (found === undefined || found.told.pipelineVersion !== pipeline.version) {
      tell(`${stage.name}: is to be rolled back, and there is no release that this pipeline made before`)
      return 'nothing to go back to'
    }
    const { pipelineExecutionId } = found.told
    tell(`${stage.name}: rolling back to execution ${pipelineExecutionId.slice(0, 8)}`)
    const execution = this.#new({
      executionType: 'ROLLBACK',
      rollbackMetadata: { rollbackTargetPipelineExecutionId: pipelineExecutionId },
    })
    // What it had made by then, without what it did in this stage.
    const before = found.actions.filter(({ stageName }) => stageName !== stage.name)
    const withArtifacts: Execution = { told: execution.told, actions: [...before] }
    const rollback = await this.#stage(withArtifacts, { ...stage, onFailure: undefined }, '')
    return rollback ?? (await this.#end(withArtifacts, 'Succeeded'))
  }

  /** CodePipeline tells EventBridge; what rules start there is played. */
  async #announce(
    execution: Execution,
    stage: string,
    state: 'FAILED' | 'STOPPED',
    at = new Date(),
  ): Promise<void> {
    const { clients, pipeline, workshop, tell } = this.#options
    const event: ServiceEvent = {
      source: 'aws.codepipeline',
      'detail-type': 'CodePipeline Stage Execution State Change',
      time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
      detail: { pipeline: pipeline.name, 'execution-id': execution.told.pipelineExecutionId, stage, state },
    }
    for (const { arn, roleArn, input } of await targetsOf(clients.events, event)) {
      const [, , service, , , project = ''] = arn.split(':')
      // Others only pass it on: to topics and queues.
      if (service !== 'codebuild') continue
      const projectName = project.replace('project/', '')
      const note = (line: string): void => tell(`  ${projectName}: ${line}`)
      const role = clients.as(await takeRole(clients, roleArn ?? '', 'events.amazonaws.com'))
      // Written by the rule's owner: what StartBuild takes.
      const { environmentVariablesOverride: overrides = [] } = JSON.parse(input) as {
        environmentVariablesOverride?: EnvironmentVariable[]
      }
      const { id, built } = await startBuild({
        clients,
        role,
        workshop,
        projectName,
        overrides,
        artifacts: this.#artifacts,
        signal: new AbortController().signal,
        note,
      })
      resultOf(projectName, id, built)
      note('succeeded')
    }
  }
}

/** Actions of the same order come one after the other here. */
function inOrder({ actions = [] }: StageDeclaration): readonly ActionDeclaration[] {
  return actions.toSorted((one, other) => (one.runOrder ?? 1) - (other.runOrder ?? 1))
}

/** Where a stage is gone on with. */
function isDone({ actions }: Execution, stageName: string, { name }: ActionDeclaration): boolean {
  return actions.some(
    (one) => one.stageName === stageName && one.actionName === name && one.status === 'Succeeded',
  )
}
