import type { State } from '../backend/state.ts'

/** What is told of an environment in which everything stands but the API. */
export const NOT_RELEASED =
  'no image has been released yet, so no task runs: the load balancer answers 503 until one is (docs/guides/releasing.md)'

/** Whether a release has written which image is in use (infra/src/registry/registry.ts). */
export function isReleased({ resources }: State): boolean {
  const parameter = resources.find(
    ({ type, values }) => type === 'aws_ssm_parameter' && String(values['name']).endsWith('/release'),
  )
  const said = parameter?.values['insecure_value'] ?? parameter?.values['value']
  return said !== undefined && said !== 'none'
}
