import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { ask } from '../test/client.ts'
import { balancer, GROUP } from '../test/declared.ts'
import { Stage } from '../test/stage.ts'

const SERVER = fileURLToPath(new URL('../test/holding-server.mjs', import.meta.url))

test('a target that does not accept a connection in time is 504', async () => {
  const child = spawn(process.execPath, [SERVER], { stdio: ['pipe', 'pipe', 'inherit'] })
  const waiting: Socket[] = []
  const stage = new Stage()
  try {
    const [said] = await once(child.stdout, 'data')
    const port = Number(said)
    child.kill('SIGSTOP')
    // The kernel accepts as many as the backlog holds; the rest is left without an answer.
    for (let connection = 0; connection < 8; connection += 1) {
      const socket = connect({ host: '127.0.0.1', port })
      socket.on('error', () => undefined)
      waiting.push(socket)
    }
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(waiting.some(({ connecting }) => connecting)).toBe(true)
    await stage.start(balancer(), { connectTimeout: 500 })
    stage.balancer.targetGroup(GROUP).register({ id: 'a', host: '127.0.0.1', port })

    const { status } = await ask(stage.port)

    expect(status).toBe(504)
    expect(await stage.told()).toMatchObject({ by: 'load-balancer', reason: 'connect-timeout' })
  } finally {
    for (const socket of waiting) socket.destroy()
    await stage.stop()
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
})
