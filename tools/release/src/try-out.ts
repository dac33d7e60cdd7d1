import { DeployProblem } from '@cartwright/deploy/problem'
import type { Tell } from '@cartwright/deploy/tell'
import { smoke, summaryOf, told } from '@cartwright/smoke'
import type { Deployed } from './environment/deployed.ts'

/** So long the load balancer may take to answer with the release: the pipeline asks as often. In seconds. */
const PATIENCE = 120

export interface TryOutOptions {
  /** What `/metadata` has to tell. */
  readonly tag: string
  readonly tell: Tell
  readonly signal: AbortSignal
}

/**
 * Tries the API by its public address, with the smoke suite.
 *
 * @throws {DeployProblem} with the checks that failed
 */
export async function tryOut({ url, reach }: Deployed, { tag, tell, signal }: TryOutOptions): Promise<void> {
  tell(`tries ${url}`)
  const report = await smoke({
    url,
    ...reach,
    release: tag,
    patience: PATIENCE,
    signal,
    tell: (result) => {
      if (result.outcome !== 'passed') tell(`  ${told(result)}`)
    },
  })
  tell(`  ${summaryOf(report)}`)
  if (report.failed === 0) return
  const failed = report.checks.flatMap(({ name, outcome }) => (outcome === 'failed' ? [`  ${name}`] : []))
  throw new DeployProblem(['the deployed API is not as it should be:', ...failed].join('\n'))
}
