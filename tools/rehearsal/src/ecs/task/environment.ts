import { RehearsalProblem } from '../../problem.ts'
import type { Admission } from '../agent.ts'
import type { Image } from '../images.ts'
import type { ContainerDefinition } from '../service.ts'

export interface EnvironmentOptions {
  readonly definition: ContainerDefinition
  readonly image: Image
  readonly secrets: Readonly<Record<string, string>>
  readonly admission: Admission
  readonly region: string
  /** The task's address, and the folder that holds its programs. */
  readonly address: string
  readonly programs: string
  /** What stands for the world around the task: where AWS is, and whom TLS trusts. */
  readonly surroundings: Readonly<Record<string, string>>
}

/**
 * A container's whole environment: the image's, what Fargate adds (developer guide, "Task metadata available for Amazon ECS
 * tasks on Fargate", "Task IAM role"), and over that what the task definition declares. Nothing of this process's. Credentials come by a
 * full URI instead of the relative one, which stands for an address that is not ours.
 *
 * @throws {RehearsalProblem} where the definition declares what the rehearsal has to say
 */
export function environmentOf(options: EnvironmentOptions): Readonly<Record<string, string>> {
  const { definition, image, secrets, admission, region, address, programs, surroundings } = options
  const declared = { ...definition.environment, ...secrets }
  const strange = Object.keys(surroundings).filter((name) => name in declared)
  if (strange.length > 0) {
    throw new RehearsalProblem(
      `container ${definition.name} declares ${strange.join(', ')}, which the rehearsal sets; wanted: a task definition without`,
    )
  }
  const { credentials } = admission
  const metadata = admission.metadataUri(definition.name)
  return {
    HOME: '/',
    ...image.environment,
    HOSTNAME: `ip-${address.replaceAll('.', '-')}.${region}.compute.internal`,
    PATH: programs,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ECS_CONTAINER_METADATA_URI_V4: metadata,
    ...(credentials === undefined
      ? {}
      : {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: credentials.uri,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: credentials.token,
        }),
    ...surroundings,
    ...declared,
  }
}
