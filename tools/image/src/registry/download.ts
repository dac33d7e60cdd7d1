import { once } from 'node:events'
import { createWriteStream, rmSync } from 'node:fs'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { pipeline } from 'node:stream/promises'
import { Measure } from '../oci/blob.ts'
import type { Descriptor } from '../oci/manifest.ts'
import { ImageProblem } from '../problem.ts'
import { type Repository, registryOf } from './image.ts'

/** How long nothing may come, in milliseconds. */
const PATIENCE = 60_000

/**
 * Fetches a layer, or a configuration, into a file.
 *
 * @throws {ImageProblem} where it is not what its digest says; there is no file then
 */
export async function download(repository: Repository, blob: Descriptor, file: string): Promise<void> {
  const { ecr, repositoryName } = repository
  const { downloadUrl = '' } = await ecr.getDownloadUrlForLayer({
    ...registryOf(repository),
    repositoryName,
    layerDigest: blob.digest,
  })
  const measure = new Measure()
  try {
    await pipeline(await open(downloadUrl), measure, createWriteStream(file))
    const digest = measure.digest()
    if (digest !== blob.digest)
      throw new ImageProblem(
        `${repositoryName} answers ${measure.size} bytes of ${digest}; wanted: ${blob.size} of ${blob.digest}`,
      )
  } catch (error) {
    rmSync(file, { force: true })
    throw error
  }
}

/**
 * By Node's own client: its `fetch` ends the process where a server closes the connection while the disk is slower than the
 * network (undici issue 5360).
 */
async function open(url: string): Promise<IncomingMessage> {
  const request = (url.startsWith('https:') ? https : http).get(url, { timeout: PATIENCE })
  request.on('timeout', () => request.destroy(new Error(`nothing came for ${PATIENCE} ms`)))
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  if (answer.statusCode === 200) return answer
  answer.resume()
  throw new ImageProblem(`a layer's download answers ${answer.statusCode}; wanted: 200`)
}
