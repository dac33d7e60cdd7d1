import type { Environment } from './fields.ts'

/**
 * What must hold between an environment with a pipeline and the one that it takes images over from. A source that is not
 * there is told elsewhere.
 *
 * @returns the findings, without their file
 */
export function betweenPipelines(
  environment: Environment,
  environments: readonly Environment[],
): readonly string[] {
  const { promotesFrom, enableCicd, accountId } = environment
  const source = environments.find(({ name }) => name === promotesFrom)
  if (!enableCicd || source === undefined) return []
  const findings: string[] = []
  // Only a pipeline proves images.
  if (!source.enableCicd) {
    findings.push(`promotesFrom is "${promotesFrom}"; wanted: an environment with enableCicd`)
  }
  if (!endsWhereItBuilds(environment, environments)) {
    findings.push(
      `promotesFrom is "${promotesFrom}"; wanted: an environment whose images were built in one at last`,
    )
  }
  // Whether the registry is another account's has to be known.
  if ((accountId === undefined) !== (source.accountId === undefined)) {
    findings.push(
      accountId === undefined
        ? `accountId is missing; wanted: an account, as ${promotesFrom} names one`
        : `accountId is "${accountId}"; wanted: none, or one of ${promotesFrom} as well`,
    )
  }
  return findings
}

/** Whether images come from somewhere: a circle has none that builds. */
function endsWhereItBuilds(environment: Environment, environments: readonly Environment[]): boolean {
  const seen = new Set<string>()
  let at: Environment | undefined = environment
  while (at !== undefined && at.promotesFrom !== '') {
    if (seen.has(at.name)) return false
    seen.add(at.name)
    const from: string = at.promotesFrom
    at = environments.find(({ name }) => name === from)
  }
  return true
}
