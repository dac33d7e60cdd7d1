import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TargetGroupConfiguration } from '../declared/configuration.ts'

/** Connections to one target, which requests share one after the other. */
export type Connections = HttpAgent | HttpsAgent

/**
 * Connections are used until the target closes them or nothing passes for the idle timeout: "the load balancer can reuse
 * backend connections until the keep-alive timeout expires". AWS: "Application Load Balancers", connection idle timeout.
 *
 * @param idle the idle timeout in milliseconds
 */
export function openConnections(protocol: TargetGroupConfiguration['protocol'], idle: number): Connections {
  const options = { keepAlive: true, timeout: idle }
  if (protocol === 'HTTP') return new Http(options)
  // "The load balancer does not validate the certificates of targets." AWS: "Target groups", routing configuration.
  return new Https({ ...options, rejectUnauthorized: false })
}

/**
 * Node's agents heed a `Keep-Alive: timeout=5` of the target and close first. A load balancer does not know that header:
 * a target that closes earlier than the load balancer is what causes 502s on AWS, so it has to cause them here.
 */
class Http extends HttpAgent {
  readonly #idle: number

  constructor(options: AgentOptions & { timeout: number }) {
    super(options)
    this.#idle = options.timeout
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return keep(socket, this.#idle)
  }
}

class Https extends HttpsAgent {
  readonly #idle: number

  constructor(options: AgentOptions & { timeout: number; rejectUnauthorized: boolean }) {
    super(options)
    this.#idle = options.timeout
  }

  override keepSocketAlive(socket: Duplex): boolean {
    return keep(socket, this.#idle)
  }
}

function keep(socket: Duplex, idle: number): boolean {
  // An agent's connections are sockets: its types allow for others.
  const connection = socket as Socket
  connection.setKeepAlive(true, 1000)
  connection.unref()
  connection.setTimeout(idle)
  return true
}
