import type {
  ActionExecutionDetail,
  CodePipeline,
  PipelineExecution,
  PipelineExecutionSummary,
} from '@aws-sdk/client-codepipeline'
import { PATHS } from '@cartwright/local-aws'
import type { Location } from './artifacts.ts'
import { tell } from './emulator.ts'
import type { Variables } from './variables.ts'

/** One run of a pipeline, as CodePipeline remembers it. */
export interface Execution {
  readonly told: PipelineExecution & { readonly pipelineExecutionId: string }
  /** The oldest first. */
  readonly actions: ActionExecutionDetail[]
}

/** What the pipeline has done: it is kept where CodePipeline's API tells it, and nowhere else. */
export class History {
  readonly #endpoint: string
  readonly #codepipeline: CodePipeline
  readonly #pipeline: string

  constructor(endpoint: string, codepipeline: CodePipeline, pipeline: string) {
    this.#endpoint = endpoint
    this.#codepipeline = codepipeline
    this.#pipeline = pipeline
  }

  async record({ told, actions }: Execution): Promise<void> {
    const { pipelineExecutionId } = told
    await tell(this.#endpoint, PATHS.pipelineExecutions, {
      pipeline: this.#pipeline,
      execution: { ...told, lastUpdateTime: new Date() },
      // One that rolls back also knows those of the execution that it goes back to.
      actions: actions.filter((action) => action.pipelineExecutionId === pipelineExecutionId),
    })
  }

  /** The newest first. */
  async list(): Promise<readonly PipelineExecutionSummary[]> {
    const { pipelineExecutionSummaries = [] } = await this.#codepipeline.listPipelineExecutions({
      pipelineName: this.#pipeline,
    })
    return pipelineExecutionSummaries
  }

  async find(pipelineExecutionId: string): Promise<Execution> {
    const pipelineName = this.#pipeline
    const { pipelineExecution } = await this.#codepipeline.getPipelineExecution({
      pipelineName,
      pipelineExecutionId,
    })
    const { actionExecutionDetails = [] } = await this.#codepipeline.listActionExecutions({
      pipelineName,
      filter: { pipelineExecutionId },
    })
    return {
      told: { ...pipelineExecution, pipelineExecutionId },
      actions: actionExecutionDetails.toReversed(),
    }
  }
}

/**
 * The execution that a failed one is rolled back to: the last that succeeded, and is no rollback itself, as that has made nothing
 * (CodePipeline user guide, "Configure stage rollback").
 *
 * @param executions the newest first
 */
export function rollbackTarget(
  executions: readonly PipelineExecutionSummary[],
  failed: string,
): string | undefined {
  return executions.find(
    ({ status, executionType, pipelineExecutionId }) =>
      status === 'Succeeded' && executionType !== 'ROLLBACK' && pipelineExecutionId !== failed,
  )?.pipelineExecutionId
}

/** What an execution's actions have handed over and told so far. */
export function artifactsOf({ actions }: Execution): ReadonlyMap<string, Location> {
  return new Map(
    actions.flatMap(({ output }) =>
      (output?.outputArtifacts ?? []).map(({ name = '', s3location }) => [
        name,
        { bucket: s3location?.bucket ?? '', key: s3location?.key ?? '' },
      ]),
    ),
  )
}

export function variablesOf({ actions }: Execution): Variables {
  return Object.fromEntries(
    actions.flatMap(({ input, output }) =>
      input?.namespace === undefined ? [] : [[input.namespace, output?.outputVariables ?? {}]],
    ),
  )
}
