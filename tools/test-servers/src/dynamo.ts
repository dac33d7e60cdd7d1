import { createRequire } from 'node:module'
import { freePort, type ServerProcess, startServer } from './server-process.ts'

/** A DynamoDB that keeps everything in memory. */
export interface DynamoServer extends ServerProcess {
  /** What an SDK client needs to reach it. */
  readonly client: {
    readonly endpoint: string
    readonly region: string
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
}

/** Any will do: nobody checks them. */
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

/** Starts dynoxide (https://github.com/nubo-db/dynoxide), an own implementation of DynamoDB's API. */
export async function startDynamo(): Promise<DynamoServer> {
  const port = await freePort()
  const server = await startServer(binary(), ['--port', String(port)], port)
  return {
    ...server,
    client: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: CREDENTIALS,
    },
  }
}

function binary(): string {
  const own = process.env['CARTWRIGHT_DYNOXIDE']
  if (own !== undefined) return own
  const name = `@dynoxide/${process.platform}-${process.arch}`
  try {
    return createRequire(import.meta.url).resolve(`${name}/dynoxide`)
  } catch (error) {
    throw new Error(
      `DynamoDB cannot be run here: there is no package ${name}. Get dynoxide with "cargo install dynoxide-rs" or from ` +
        'https://github.com/nubo-db/dynoxide/releases, and name its binary in CARTWRIGHT_DYNOXIDE',
      { cause: error },
    )
  }
}
