// `node --import` loads this before a container's program and stands for the network that a task has to itself on AWS
// (awsvpc): "all addresses" and "this machine", port 8080, are the task's own; names such as the Redis endpoint's lead to
// where that is here. It is told by a file, so that the program's environment is the declared one and nothing else. Names
// are looked up anew for each connection, as after a failover.

import dns from 'node:dns'
import { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import type { NetworkView } from './network.ts'

const OWN = new Set(['', '0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'])
const file = new URL(import.meta.url).searchParams.get('view') ?? ''

interface Place {
  readonly host?: string | undefined
  readonly port?: number | string | null | undefined
}

function view(): NetworkView {
  // Written by network.ts.
  return JSON.parse(readFileSync(file, 'utf8')) as NetworkView
}

function ownPort(port: number, { ports }: NetworkView): number {
  return ports[port] ?? port
}

function listenThere<T extends Place>(asked: T): T {
  if (asked.port === undefined || asked.port === null || !OWN.has(asked.host ?? '')) return asked
  const { address, ...rest } = view()
  return { ...asked, host: address, port: ownPort(Number(asked.port), { address, ...rest }) }
}

function connectThere<T extends Place>(asked: T): T {
  if (asked.port === undefined || asked.port === null) return asked
  const seen = view()
  const { address, ports, routes } = seen
  const host = asked.host ?? 'localhost'
  const route = routes[`${host}:${asked.port}`]
  if (route !== undefined) return { ...asked, ...route }
  // What else listens on this machine's loopback (the emulator, for one) is not the task's, and stays where it is.
  if (!OWN.has(host) || ports[Number(asked.port)] === undefined) return asked
  return { ...asked, host: address, port: ownPort(Number(asked.port), seen) }
}

function isPort(value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
}

const listen = net.Server.prototype.listen
// Node's own forms: listen(port, host, backlog, heard), listen(options, heard), and those without a port.
net.Server.prototype.listen = function patched(this: net.Server, ...args: unknown[]): net.Server {
  const [first, ...others] = args
  if (isPort(first)) {
    const heard = others.find((one) => typeof one === 'function')
    const host = typeof others[0] === 'string' ? others[0] : undefined
    const backlog = others.find((one) => typeof one === 'number')
    const options = {
      port: Number(first),
      ...(host === undefined ? {} : { host }),
      ...(backlog === undefined ? {} : { backlog }),
    }
    return Reflect.apply(listen, this, [listenThere(options), ...(heard === undefined ? [] : [heard])])
  }
  const options = typeof first === 'object' && first !== null ? listenThere(first as Place) : first
  return Reflect.apply(listen, this, [options, ...others])
} as typeof listen

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function patched(this: net.Socket, ...args: unknown[]): net.Socket {
  const [first, ...others] = args
  if (Array.isArray(first)) {
    // net.connect hands over what it has read itself, marked; the mark has to stay.
    first[0] = connectThere(first[0] as Place)
  } else if (isPort(first)) {
    const host = typeof others[0] === 'string' ? others.shift() : undefined
    return Reflect.apply(connect, this, [
      connectThere({ port: Number(first), host: host as string | undefined }),
      ...others,
    ])
  } else if (typeof first === 'object' && first !== null) {
    return Reflect.apply(connect, this, [connectThere(first as Place), ...others])
  }
  return Reflect.apply(connect, this, args)
} as typeof connect

/** A name that leads somewhere is found by whoever looks it up first, too: on AWS it has an address. */
function nameThere(name: unknown): unknown {
  return Object.keys(view().routes).some((route) => route.startsWith(`${name}:`)) ? '127.0.0.1' : name
}

const lookup = dns.lookup
dns.lookup = ((name: unknown, ...others: unknown[]) =>
  Reflect.apply(lookup, dns, [nameThere(name), ...others])) as typeof dns.lookup
const promised = dns.promises.lookup
dns.promises.lookup = ((name: unknown, ...others: unknown[]) =>
  Reflect.apply(promised, dns.promises, [nameThere(name), ...others])) as typeof dns.promises.lookup
syncBuiltinESMExports()
