// A container for tests: a server that behaves as its environment says.
//
//   PORT, HOST       where it listens
//   READY            the status that /ready answers with; 200 without it
//   READY_AFTER_MS   how long /ready answers with 503 first
//   DIE_AFTER_MS     it exits with 3 then
//   IGNORE_SIGTERM   it goes on when it is asked to end
//   LINES            how many lines it writes at the start
//   CHILD            it starts a process that would outlive it
//   HOG_MB           it takes that much memory

import { spawn } from 'node:child_process'
import { createServer } from 'node:http'

const { env } = process
const began = Date.now()
const hogged = []

if (env.CHILD) spawn('/bin/sleep', ['300'], { stdio: 'ignore' })
if (env.DIE_AFTER_MS) setTimeout(() => process.exit(3), Number(env.DIE_AFTER_MS))
process.on('SIGTERM', () => {
  console.log('asked to end')
  if (!env.IGNORE_SIGTERM) process.exit(0)
})
for (let line = 1; line <= Number(env.LINES ?? 0); line++) console.log(`line ${line}`)
for (let taken = 0; taken < Number(env.HOG_MB ?? 0); taken++) hogged.push(Buffer.alloc(2 ** 20, 1))

const answers = {
  '/environment': () => env,
  '/credentials': async () => {
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = env
    return (await fetch(uri, { headers: { authorization } })).json()
  },
  '/task': async () => (await fetch(`${env.ECS_CONTAINER_METADATA_URI_V4}/task`)).json(),
  '/itself': async () => (await fetch(`http://127.0.0.1:${env.PORT}/pid`)).json(),
  '/elsewhere': async () => (await fetch('http://redis.example:6379/pid')).json(),
  '/pid': () => process.pid,
}

createServer(async (request, response) => {
  if (request.url === '/ready') {
    const late = Date.now() - began < Number(env.READY_AFTER_MS ?? 0)
    response.writeHead(late ? 503 : Number(env.READY ?? 200)).end()
    return
  }
  const answer = await answers[request.url]?.()
  response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer))
}).listen(Number(env.PORT), env.HOST, () => console.log('listening'))
