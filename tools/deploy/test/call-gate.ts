import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CallGateOptions {
  /** The emulator's address. */
  readonly upstream: string
  /** Waited for before a call goes on, the first of which is 1. */
  readonly before?: (number: number) => Promise<void>
  /** Waited for after the call has its answer, and before the caller has it. */
  readonly after?: (number: number, call: string) => Promise<void>
}

/** Between a program and the emulator: every call passes by it, and can be held there, or be the last one. For tests. */
export interface CallGate {
  readonly url: string
  /** What was called: `PutSecretValue`, `ModifyReplicationGroup ROTATE`. */
  readonly calls: readonly string[]
  /** Lets nothing through any more, and answers nothing: for the caller it is as if it had been killed. */
  close(): void
  stop(): Promise<void>
}

export async function startCallGate({ upstream, before, after }: CallGateOptions): Promise<CallGate> {
  const calls: string[] = []
  let isOpen = true
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await asked.toArray())
    const number = calls.push(nameOf(asked, body.toString()))
    await before?.(number)
    if (!isOpen) return void answer.destroy()
    const on = request(upstream + asked.url, { method: asked.method, headers: asked.headers, agent: false })
    on.end(body)
    const [told] = (await once(on, 'response')) as [IncomingMessage]
    const text = Buffer.concat(await told.toArray())
    await after?.(number, calls[number - 1] ?? '')
    if (!isOpen) return void answer.destroy()
    const { 'transfer-encoding': _, connection: __, ...headers } = told.headers
    answer.writeHead(told.statusCode ?? 500, headers).end(text)
  }
  const server = createServer((asked, answer) => {
    pass(asked, answer).catch(() => answer.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () => {
      isOpen = false
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function nameOf({ headers, method, url }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target']
  if (typeof target === 'string') return target.split('.').at(-1) ?? target
  const form = new URLSearchParams(body)
  const action = form.get('Action')
  if (action === null) return `${method} ${url}`
  return [action, form.get('AuthTokenUpdateStrategy')].filter((word) => word !== null).join(' ')
}
