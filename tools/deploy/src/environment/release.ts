import type { State } from '../backend/state.ts'

/** What is told of an environment in which everything stands but the API. */
export const NOT_RELEASED =
  'no image has been released yet, so no task runs: the load balancer answers 503 until one is (docs/guides/delivery.md)'

/** Whether the service was told to run an image. */
export function isReleased({ resources }: State): boolean {
  const service = resources.find(({ type }) => type === 'aws_ecs_service')
  return service !== undefined && service.values['desired_count'] !== 0
}
