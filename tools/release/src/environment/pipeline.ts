import type { Deployed } from './deployed.ts'

/** A pipeline that runs in the environment releases as well: a line for whoever is about to; undefined where none does. */
export async function describePipeline({
  clients,
  environment,
  names,
}: Deployed): Promise<string | undefined> {
  if (!environment.enableCicd) return undefined
  const { pipelineExecutionSummaries = [] } = await clients.codepipeline
    .listPipelineExecutions({ pipelineName: names.base, maxResults: 10 })
    // It is told where it can be; whoever may release need not be allowed to see pipelines.
    .catch(() => ({ pipelineExecutionSummaries: [] }))
  const running = pipelineExecutionSummaries.find(({ status }) => status === 'InProgress')
  return (
    running &&
    `the pipeline ${names.base} runs at the moment (${running.pipelineExecutionId}), and may release after it`
  )
}
