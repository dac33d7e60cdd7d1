import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Conditions, type Measurement, measure } from './measure.ts'
import { type BenchRequest, send, wireText } from './request.ts'
import { prepareCarts, type Scenario } from './scenarios.ts'
import { type Server, type ServerOptions, startBareExpress, startCartApi } from './servers/server.ts'
import { startStore } from './stores.ts'

/** Both servers, measured one after the other with the same requests and answers of the same bytes. */
export interface Pair {
  readonly cartApi: Measurement
  readonly bare: Measurement
  /** Bytes of an answer's body. */
  readonly answerBytes: number
}

export interface PairConditions extends Conditions {
  readonly connections: number
  /** For the servers' files, which are removed afterwards. */
  readonly scratch: string
  /** Hears which server is measured now. */
  readonly progress: (server: string) => void
}

export async function measurePair(scenario: Scenario, conditions: PairConditions): Promise<Pair> {
  const { connections, scratch, signal, progress } = conditions
  const folder = mkdtempSync(path.join(scratch, 'pair-'))
  const options: ServerOptions = { folder, signal }
  try {
    progress('cart API')
    const cartApi = await withServer(startStore(scenario.store), (store) =>
      withServer(startCartApi({ ...store.settings, ...scenario.settings }, options), async (server) => {
        await store.inUse?.(server.url)
        const requests = await prepareCarts(scenario, server.url, connections)
        const measurement = await measureWith(server, requests, conditions)
        return { requests, measurement, answer: await sample(server, requests) }
      }),
    )

    progress('bare Express')
    const answerFile = path.join(folder, 'answer.json')
    writeFileSync(answerFile, cartApi.answer)
    const bare = await withServer(startBareExpress(answerFile, options), async (server) => {
      const measurement = await measureWith(server, cartApi.requests, conditions)
      return { measurement, answer: await sample(server, cartApi.requests) }
    })

    const answerBytes = Buffer.byteLength(cartApi.answer)
    if (Buffer.byteLength(bare.answer) !== answerBytes) {
      throw new Error(
        `bare Express answers with ${bare.answer.length} bytes; wanted: ${answerBytes}, as the cart API`,
      )
    }
    return { cartApi: cartApi.measurement, bare: bare.measurement, answerBytes }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function measureWith(server: Server, requests: readonly BenchRequest[], conditions: Conditions) {
  const texts = requests.map((request) => wireText(request, server.url))
  return measure(server, texts, conditions)
}

/** The answer to one more request. */
async function sample(server: Server, [request]: readonly BenchRequest[]): Promise<string> {
  if (request === undefined) throw new Error('got no connection; wanted: at least one')
  return send(request, server.url)
}

async function withServer<Started extends { stop(): Promise<void> }, Result>(
  starting: Promise<Started>,
  work: (server: Started) => Promise<Result>,
): Promise<Result> {
  const server = await starting
  try {
    return await work(server)
  } finally {
    await server.stop()
  }
}
