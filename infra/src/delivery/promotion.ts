import { Construct } from '#terraform'
import type { ProvenImages } from '../registry/proven-images.ts'
import type { Registry } from '../registry/registry.ts'
import { API_CONTAINER } from '../service/containers.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { Connection } from './connection.ts'
import { Project, type ProjectProps } from './project.ts'

export interface PromotionProps
  extends Pick<ProjectProps, 'baseName' | 'place' | 'key' | 'logRetentionDays'> {
  readonly connection: Connection
  readonly artifacts: ArtifactStore
  readonly registry: Registry
  /** Where the images come from. */
  readonly proven: ProvenImages
}

/** Minutes that the other environment has to prove a tree, where both run on the same push. */
const PATIENCE = 60

/**
 * Copies the image that another environment has proven for the same tree of sources, byte for byte: what was tried is
 * what runs. A merge that changes nothing is the same tree, though another commit.
 *
 * Cost: a minute and $0.0034, and as much for each minute that it waits.
 */
export class Promotion extends Construct {
  readonly project: Project

  constructor(scope: Construct, id: string, props: PromotionProps) {
    super(scope, id)
    const { connection, artifacts, registry, proven } = props
    this.project = new Project(this, 'project', {
      ...props,
      does: 'promote',
      description: 'Takes over the image that was proven for a tree of sources',
      minutes: PATIENCE + 30,
      variables: {
        CONTAINER: API_CONTAINER,
        REPOSITORY: registry.name,
        REPOSITORY_URL: registry.url,
        PROVEN_REGISTRY: proven.account,
        PROVEN_REGION: proven.region,
        PROVEN_REPOSITORY: proven.repository,
        PATIENCE_MINUTES: String(PATIENCE),
      },
    })
    const { role } = this.project
    connection.grantUse(role)
    artifacts.grantReadWrite(role)
    proven.grantFetch(role)
    registry.grantPush(role)
  }
}
