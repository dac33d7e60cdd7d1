import type { ECR } from '@aws-sdk/client-ecr'
import type { Layout } from '../oci/layout.ts'
import { putImage } from './put.ts'

export interface PushImageOptions {
  readonly ecr: ECR
  readonly layout: Layout
  readonly repositoryName: string
  readonly tag: string
  /** Gets what happens, line by line. */
  readonly hear?: (line: string) => void
}

/**
 * As `docker push`, by ECR's own API: what is there is skipped, so that a push that was interrupted can be done again. The same
 * image under the same tag is no error.
 *
 * @returns its digest
 * @throws {ImageProblem} where the tag is another image's
 */
export async function pushImage(options: PushImageOptions): Promise<string> {
  const { ecr, layout, repositoryName, tag, hear } = options
  const files = new Map([layout.config, ...layout.layers].map(({ digest, file }) => [digest, file]))
  return await putImage({
    repository: { ecr, repositoryName },
    tag,
    image: layout,
    // A layout has all that its manifest names.
    fileOf: (digest) => files.get(digest) as string,
    ...(hear === undefined ? {} : { hear }),
  })
}
