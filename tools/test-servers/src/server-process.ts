import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long a server may take to listen, and to end when it is asked to, in milliseconds. */
const PATIENCE = 20_000
/** How much of its last words is kept for the message when it fails, in characters. */
const LAST_WORDS = 4_000

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number
  readonly pid: number
  /** Ends it; a server that does not listen to SIGTERM is killed. */
  stop(): Promise<void>
}

/** Starts a server on this port and resolves when it listens there. It never outlives this process by much. */
export async function startServer(
  command: string,
  args: readonly string[],
  port: number,
): Promise<ServerProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-LAST_WORDS)
    })
  }
  const failed = once(child, 'exit').then(
    () => `${command} has ended:\n${output}`,
    (error: unknown) => `${command} does not start: ${String(error)}`,
  )
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))

  const problem = await Promise.race([failed, untilListening(port)])
  if (problem !== undefined) {
    kill()
    throw new Error(problem)
  }
  // It listens, so it has been started.
  return { port, pid: child.pid as number, stop: () => stop(child) }
}

async function untilListening(port: number): Promise<string | undefined> {
  for (const began = performance.now(); performance.now() - began < PATIENCE; await sleep(10)) {
    if (await listens(port)) return undefined
  }
  return `nothing listens on port ${port} after ${PATIENCE / 1000} s`
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const late = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  // A stopped process (SIGSTOP) would not hear anything else.
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  await ended
  clearTimeout(late)
}

/** A port of the loopback interface that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
