import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import { RehearsalProblem } from '../../problem.ts'

/** A task's network, as `view.ts` reads it. */
export interface NetworkView {
  /** An address of the loopback interface. */
  readonly address: string
  /** The port here by the port in the container. */
  readonly ports: Readonly<Record<number, number>>
  /** Where something is here, by `host:port` as the task asks for it. */
  readonly routes: Routes
}

export type Routes = Readonly<Record<string, { readonly host: string; readonly port: number }>>

/** How many addresses are tried before the machine counts as one without them. */
const TRIES = 20

/**
 * An address and free ports for a task. On Linux all of 127.0.0.0/8 is this machine, so that each task has its own address
 * and keeps its declared ports, as with awsvpc. macOS has 127.0.0.1 alone unless root adds more: there, and where another
 * program already listens on all addresses at a declared port, the task gets another port, which `view.ts` hides from it.
 */
export async function networkFor(ports: readonly number[], routes: Routes): Promise<NetworkView> {
  let fallback = '127.0.0.1'
  for (let tries = 0; tries < TRIES; tries++) {
    const address = `127.${randomInt(64, 128)}.${randomInt(0, 256)}.${randomInt(1, 255)}`
    const free = await Promise.all(ports.map((port) => isFree(address, port)))
    if (free.includes('no-address')) break
    fallback = address
    if (!free.includes('taken')) {
      return { address, ports: Object.fromEntries(ports.map((port) => [port, port])), routes }
    }
  }
  const others: [number, number][] = []
  for (const port of ports) others.push([port, await freePort(fallback)])
  return { address: fallback, ports: Object.fromEntries(others), routes }
}

/** Writes it where `view.ts` finds it, in one step: it may be read just now. */
export function writeNetwork(folder: string, view: NetworkView): string {
  const file = path.join(folder, 'network.json')
  writeFileSync(`${file}.new`, JSON.stringify(view))
  renameSync(`${file}.new`, file)
  return file
}

async function isFree(host: string, port: number): Promise<'free' | 'taken' | 'no-address'> {
  const server = createServer()
  try {
    await once(server.listen({ host, port }), 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRNOTAVAIL') return 'no-address'
    if (code === 'EADDRINUSE') return 'taken'
    throw new RehearsalProblem(`a task cannot listen on port ${port}: ${(error as Error).message}`, {
      cause: error,
    })
  }
  server.close()
  await once(server, 'close')
  return 'free'
}

async function freePort(host: string): Promise<number> {
  const server = createServer()
  await once(server.listen({ host, port: 0 }), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
