import { Construct } from '#terraform'
import type { Registry } from '../registry/registry.ts'
import { API_CONTAINER } from '../service/containers.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { Connection } from './connection.ts'
import { Project, type ProjectProps } from './project.ts'

export interface BuildProps extends Pick<ProjectProps, 'baseName' | 'place' | 'key' | 'logRetentionDays'> {
  readonly connection: Connection
  readonly artifacts: ArtifactStore
  readonly registry: Registry
}

/**
 * Checks the sources and makes the commit's image. A commit that has one already gets no other: tags are immutable. An
 * image with serious findings goes no further.
 *
 * Cost: a run of ten minutes $0.03.
 */
export class Build extends Construct {
  readonly project: Project

  constructor(scope: Construct, id: string, props: BuildProps) {
    super(scope, id)
    const { connection, artifacts, registry } = props
    this.project = new Project(this, 'project', {
      ...props,
      does: 'build',
      description: 'Checks the sources and builds the image of a commit',
      minutes: 60,
      buildsImages: true,
      cacheLocation: artifacts.cacheLocation,
      variables: {
        CONTAINER: API_CONTAINER,
        REPOSITORY: registry.name,
        REPOSITORY_URL: registry.url,
      },
    })
    const { role } = this.project
    // The sources come as a clone, with their history: the tree is told by it.
    connection.grantUse(role)
    artifacts.grantReadWrite(role)
    registry.grantLogin(role)
    registry.grantPush(role)
    registry.grantReadScan(role)
  }
}
