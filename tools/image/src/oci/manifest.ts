import { ImageProblem } from '../problem.ts'

/** What something is, and by which digest it is found. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** An image: its configuration, and the layers of its file system, the lowest first. */
export interface Manifest {
  readonly mediaType: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

/** OCI's names, and those that Docker had before (OCI image specification, "Compatibility Matrix"). */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json'
export const GZIP_LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip'
const DOCKER_MANIFEST_TYPE = 'application/vnd.docker.distribution.manifest.v2+json'
const INDEX_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]

/** What a registry may answer: also what is then refused, so that nobody chooses for us. */
export const ANSWERED_TYPES: readonly string[] = [MANIFEST_TYPE, DOCKER_MANIFEST_TYPE, ...INDEX_TYPES]

const DIGEST = /^sha256:[\da-f]{64}$/

/**
 * @param what the manifest is of, for the message
 * @throws {ImageProblem} where it is not the manifest of one image
 */
export function readManifest(text: string, what: string): Manifest {
  // A manifest's own form, or not: each part is looked at.
  const { mediaType = MANIFEST_TYPE, config, layers } = JSON.parse(text) as Partial<Manifest>
  if (INDEX_TYPES.includes(mediaType)) {
    throw new ImageProblem(
      `${what} is an index of several images (${mediaType}); wanted: one image, built for one platform and without attestations`,
    )
  }
  if (![MANIFEST_TYPE, DOCKER_MANIFEST_TYPE].includes(mediaType) || !config || !layers) {
    throw new ImageProblem(
      `${what} is "${mediaType}"; wanted: ${MANIFEST_TYPE} or ${DOCKER_MANIFEST_TYPE}, with config and layers`,
    )
  }
  for (const { digest } of [config, ...layers]) {
    // It becomes the name of a file.
    if (!DIGEST.test(digest))
      throw new ImageProblem(`${what} names the digest "${digest}"; wanted: sha256:<64 hexadecimal digits>`)
  }
  return { mediaType, config, layers }
}
