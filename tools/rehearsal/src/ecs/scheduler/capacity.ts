import type { CapacityShare } from '../service.ts'

/**
 * Which capacity provider the next task runs on (API reference: CapacityProviderStrategyItem): first the one whose base is
 * not reached, then the one that is furthest behind its weight.
 *
 * @param running how many tasks each provider runs now
 */
export function nextProvider(
  strategy: readonly CapacityShare[],
  running: ReadonlyMap<string, number>,
): string {
  const count = ({ provider }: CapacityShare): number => running.get(provider) ?? 0
  const withBase = strategy.find((share) => count(share) < share.base)
  if (withBase !== undefined) return withBase.provider
  const behind = (share: CapacityShare): number => (count(share) - share.base) / share.weight
  const [next] = strategy
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => behind(one) - behind(other) || other.weight - one.weight)
  return (next ?? strategy[0])?.provider ?? 'FARGATE'
}

/** The least used value, the first of several: tasks are spread over zones (developer guide, "Amazon ECS task placement"). */
export function leastUsed(values: readonly string[], used: readonly string[]): string | undefined {
  const count = (value: string): number => used.filter((one) => one === value).length
  return values.toSorted((one, other) => count(one) - count(other))[0]
}
