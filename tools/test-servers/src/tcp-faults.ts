import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What happens to bytes on their way:
 *
 * - `pass`: nothing;
 * - `hold`: they stay in the proxy, in both directions, until that changes: a half-open connection;
 * - `no-replies`: what is asked arrives, what is answered does not;
 * - `refuse`: connections are closed as soon as they are opened, and those that are open now at once.
 */
export type TcpFault = 'pass' | 'hold' | 'no-replies' | 'refuse'

/** A server on a free loopback port that passes bytes on to another one, and does wrong what it is told to. */
export interface TcpFaultProxy {
  readonly port: number
  /** From now on, for open connections and new ones. */
  set(fault: TcpFault): void
  /** Bytes take so many milliseconds in each direction from now on. */
  delay(milliseconds: number): void
  /** New connections go to this port from now on; open ones are left as they are. */
  retarget(port: number): void
  /** Nothing passes on the connections that are open now, for ever; new ones are as usual. Nobody is told. */
  silence(): void
  /** Ends every open connection. */
  cut(): void
  stop(): Promise<void>
}

/** @param target the loopback port of the server behind it */
export async function startTcpFaultProxy(target: number): Promise<TcpFaultProxy> {
  let fault: TcpFault = 'pass'
  let latency = 0
  let behind = target
  const pipes = new Set<Pipe>()

  const server = createServer((client) => {
    if (fault === 'refuse') return void client.destroy()
    const upstream = connect({ host: '127.0.0.1', port: behind })
    const requests = new Pipe(client, upstream, () => ({ flows: fault !== 'hold', latency }))
    const replies = new Pipe(upstream, client, () => {
      return { flows: fault !== 'hold' && fault !== 'no-replies', latency }
    })
    for (const pipe of [requests, replies]) {
      pipes.add(pipe)
      pipe.from.once('close', () => pipes.delete(pipe))
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  const cut = (): void => {
    for (const { from, to } of [...pipes]) {
      from.destroy()
      to.destroy()
    }
  }
  return {
    port,
    set: (wanted) => {
      fault = wanted
      if (fault === 'refuse') cut()
      for (const pipe of pipes) pipe.flow()
    },
    delay: (milliseconds) => {
      latency = milliseconds
    },
    retarget: (wanted) => {
      behind = wanted
    },
    silence: () => {
      for (const pipe of pipes) pipe.silence()
    },
    cut,
    stop: async () => {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}

/** One direction of a connection. Whatever happens to its bytes, they stay in their order. */
class Pipe {
  readonly from: Socket
  readonly to: Socket
  readonly #state: () => { readonly flows: boolean; readonly latency: number }
  readonly #waiting: { readonly bytes: Buffer; readonly due: number }[] = []
  #timer: NodeJS.Timeout | undefined
  #isSilent = false

  constructor(from: Socket, to: Socket, state: () => { flows: boolean; latency: number }) {
    this.from = from
    this.to = to
    this.#state = state
    from.setNoDelay(true)
    // Whoever is connected notices by the end of the connection.
    from.on('error', () => to.destroy())
    from.on('close', () => {
      clearTimeout(this.#timer)
      to.destroy()
    })
    from.on('data', (bytes: Buffer) => {
      this.#waiting.push({ bytes, due: performance.now() + this.#state().latency })
      this.flow()
    })
  }

  silence(): void {
    this.#isSilent = true
  }

  /** Lets go what may go now. */
  flow(): void {
    clearTimeout(this.#timer)
    if (this.#isSilent) return
    while (this.#state().flows) {
      const [first] = this.#waiting
      if (first === undefined) return
      const left = first.due - performance.now()
      if (left > 0) {
        this.#timer = setTimeout(() => this.flow(), Math.ceil(left))
        return
      }
      this.#waiting.shift()
      if (!this.to.destroyed) this.to.write(first.bytes)
    }
  }
}
