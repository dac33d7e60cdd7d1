import { RehearsalProblem } from '../problem.ts'
import type { Authority } from '../tls/authority.ts'
import { type Clock, systemClock } from './clock.ts'
import type {
  ForwardConfiguration,
  LoadBalancerConfiguration,
  WeightedGroup,
} from './declared/configuration.ts'
import { type Listening, listen } from './front/listener.ts'
import type { EventListener, LoadBalancerEvent } from './journal/events.ts'
import { Seal } from './stickiness/seal.ts'
import { checkHealth, type HealthCheck } from './targets/health-check.ts'
import { TargetGroup } from './targets/target-group.ts'
import { Turns } from './targets/turns.ts'
import { serveTls } from './tls/served-tls.ts'

/** How long a connection to a target may take, in milliseconds: AWS, "Troubleshoot your Application Load Balancers". */
const CONNECT_TIMEOUT = 10_000

export interface LoadBalancerOptions {
  /** Local ports by declared port; any free one where it is not named. */
  readonly ports?: Readonly<Record<number, number>>
  /** @default the machine's */
  readonly clock?: Clock
  /** How a target's health is checked. @default a request, as declared */
  readonly check?: HealthCheck
  /** In milliseconds. @default 10 s, as on AWS */
  readonly connectTimeout?: number
  /** Signs what HTTPS listeners show; they cannot be without it. */
  readonly authority?: Authority
}

/** An Application Load Balancer at work on loopback. */
export interface LoadBalancer {
  readonly configuration: LoadBalancerConfiguration
  /** Where each listener listens, in the declared order. */
  readonly listening: readonly Pick<Listening, 'port' | 'localPort'>[]
  /** The local port of a declared one. @throws {RehearsalProblem} where there is no such listener */
  localPort(declared: number): number
  /** @throws {RehearsalProblem} where no rule forwards to it */
  targetGroup(arn: string): TargetGroup
  /** Hears of every request and every target from now on; @returns what ends that */
  listen(listener: EventListener): () => void
  /** Closes everything at once, also what is under way. */
  stop(): Promise<void>
}

/** @throws {RehearsalProblem} for a security policy that is not known here, or HTTPS without an authority */
export async function startLoadBalancer(
  configuration: LoadBalancerConfiguration,
  options: LoadBalancerOptions = {},
): Promise<LoadBalancer> {
  const { ports = {}, clock = systemClock, check = checkHealth, authority } = options
  const { connectTimeout = CONNECT_TIMEOUT } = options
  const { attributes, dnsName } = configuration
  const listeners = new Set<EventListener>()
  const tell = (event: LoadBalancerEvent): void => {
    for (const listener of listeners) listener(event)
  }

  const shared = { idleTimeout: attributes.idleTimeout * 1000, clock, check, tell }
  const groups = new Map(
    configuration.targetGroups.map((group) => [group.arn, new TargetGroup(group, shared)]),
  )
  const listening: Listening[] = []
  const localPorts = new Map<string, string>()
  const stop = async (): Promise<void> => {
    for (const group of groups.values()) group.stop()
    await Promise.all(listening.map((listener) => listener.stop()))
  }

  try {
    const door = {
      balancer: configuration,
      groups,
      nextGroup: groupChooser(),
      seal: new Seal(),
      localPort: (declared: string) => localPorts.get(declared) ?? declared,
      clock,
      tell,
      connectTimeout,
    }
    for (const listener of configuration.listeners) {
      if (listener.tls !== undefined && authority === undefined)
        throw new RehearsalProblem(
          `the listener on port ${listener.port} is HTTPS; wanted: an authority for it`,
        )
      const tls = listener.tls && authority ? await serveTls(listener.tls, authority, dnsName) : undefined
      const opened = await listen({ ...door, listener }, ports[listener.port] ?? 0, tls)
      listening.push(opened)
      localPorts.set(String(opened.port), String(opened.localPort))
    }
  } catch (error) {
    await stop()
    throw error
  }

  return {
    configuration,
    listening,
    localPort: (declared) => {
      const found = listening.find(({ port }) => port === declared)
      if (found === undefined) throw new RehearsalProblem(`nothing is declared to listen on port ${declared}`)
      return found.localPort
    },
    targetGroup: (arn) => {
      const group = groups.get(arn)
      if (group === undefined) throw new RehearsalProblem(`no rule forwards to the target group ${arn}`)
      return group
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    stop,
  }
}

/** "Requests are distributed to these target groups based on their weights." AWS: "Rule action types", forward actions. */
function groupChooser(): (action: ForwardConfiguration) => string | undefined {
  const turns = new Turns<WeightedGroup>()
  return ({ groups }) => turns.next(groups, ({ weight }) => weight)?.arn
}
