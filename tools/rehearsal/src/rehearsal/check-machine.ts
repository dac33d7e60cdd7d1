import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { findTerraform } from '@cartwright/local-aws'
import { findRedis } from '@cartwright/test-servers'
import { RehearsalProblem } from '../problem.ts'

/**
 * What would otherwise be missed minutes later: Redis (installed where that is possible), openssl, Terraform, the port.
 *
 * @throws {RehearsalProblem} for the first that is missing, with how to get it
 */
export async function checkMachine(port: number | undefined): Promise<void> {
  if (port !== undefined) await checkPort(port)
  await promisify(execFile)('openssl', ['version']).catch((cause: unknown) => {
    const how = '"apt-get install openssl", "brew install openssl"'
    throw new RehearsalProblem(`there is no openssl, which TLS needs: ${how}`, { cause })
  })
  for (const find of [findRedis, async () => findTerraform()]) {
    await find().catch((cause: unknown) => {
      throw new RehearsalProblem(cause instanceof Error ? cause.message : String(cause), { cause })
    })
  }
}

async function checkPort(port: number): Promise<void> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
  } catch (cause) {
    throw new RehearsalProblem(
      `port ${port} cannot be used (${(cause as Error).message}); wanted: a free one`,
      {
        cause,
      },
    )
  }
  server.close()
  await once(server, 'close')
}
