// Listens with room for one waiting connection, says where, and is then stopped by its parent: nobody accepts any more.
import { createServer } from 'node:net'

const server = createServer((socket) => socket.destroy())
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () =>
  process.stdout.write(`${server.address().port}\n`),
)
process.stdin.resume().on('end', () => process.exit())
