import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net'
import type { LoadBalancerConfiguration } from '../declared/configuration.ts'
import type { LoadBalancerEvent, RequestEvent } from '../journal/events.ts'
import { type LoadBalancer, type LoadBalancerOptions, startLoadBalancer } from '../load-balancer.ts'
import type { CheckResult } from '../targets/health-check.ts'
import { GROUP } from './declared.ts'

/** A server behind the load balancer. */
export interface TestTarget {
  readonly id: string
  readonly host: '127.0.0.1'
  readonly port: number
  stop(): Promise<void>
}

/** A load balancer with real servers behind it, and everything it told. Its targets are healthy at once. */
export class Stage {
  readonly events: LoadBalancerEvent[] = []
  readonly #stops: (() => Promise<void>)[] = []
  #balancer: LoadBalancer | undefined

  get balancer(): LoadBalancer {
    if (this.#balancer === undefined) throw new Error('no load balancer was started')
    return this.#balancer
  }

  /** The local port of the listener that is declared for port 80. */
  get port(): number {
    return this.balancer.localPort(80)
  }

  async start(
    configuration: LoadBalancerConfiguration,
    options: LoadBalancerOptions = {},
  ): Promise<LoadBalancer> {
    const check = (): Promise<CheckResult> => Promise.resolve({ is: 'success' })
    const balancer = await startLoadBalancer(configuration, { check, ...options })
    this.#balancer = balancer
    this.#stops.unshift(() => balancer.stop())
    balancer.listen((event) => this.events.push(event))
    return balancer
  }

  /** An HTTP server, registered in the group. */
  async target(id: string, answer: RequestListener, arn: string = GROUP): Promise<TestTarget> {
    const server = createServer({ keepAliveTimeout: 60_000 }, answer)
    return this.register(id, server, () => server.closeAllConnections(), arn)
  }

  /** A server that talks whatever it likes. */
  async rawTarget(id: string, talk: (socket: Socket) => void, arn: string = GROUP): Promise<TestTarget> {
    const sockets = new Set<Socket>()
    const server = createTcpServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      talk(socket)
    })
    return this.register(id, server, () => sockets.forEach((socket) => void socket.destroy()), arn)
  }

  async register(id: string, server: Server | TcpServer, cut: () => void, arn: string): Promise<TestTarget> {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    // A TCP server's address is never a path.
    const { port } = server.address() as AddressInfo
    const stop = async (): Promise<void> => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    }
    this.#stops.push(stop)
    const target = { id, host: '127.0.0.1', port } as const
    this.balancer.targetGroup(arn).register(target)
    await until(() => this.#isSettled(arn, id))
    return { ...target, stop }
  }

  #isSettled(arn: string, id: string): boolean {
    const described = this.balancer.targetGroup(arn).describeHealth()
    return described.find((target) => target.id === id)?.reason !== 'Elb.RegistrationInProgress'
  }

  /** The requests that are over. */
  get requests(): RequestEvent[] {
    return this.events.filter((event) => event.kind === 'request')
  }

  /** The last of so many requests, when it is over. */
  async told(count = 1): Promise<RequestEvent> {
    await until(() => this.requests.length >= count)
    return this.requests[count - 1] as RequestEvent // there are that many
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) await stop()
  }
}

/** Waits for what happens by itself. */
export async function until(holds: () => boolean): Promise<void> {
  const patience = Date.now() + 10_000
  while (!holds()) {
    if (Date.now() > patience) throw new Error(`waited in vain for ${holds}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
