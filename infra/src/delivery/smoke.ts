import type { Environment } from '@cartwright/environments'
import { Construct } from '#terraform'
import type { LoadBalancer } from '../load-balancer/load-balancer.ts'
import { NO_RELEASE, type Registry } from '../registry/registry.ts'
import type { Service } from '../service/service.ts'
import type { ArtifactStore } from './artifact-store.ts'
import { Project, type ProjectProps } from './project.ts'

export interface SmokeProps
  extends Pick<ProjectProps, 'baseName' | 'place' | 'key' | 'logRetentionDays'>,
    Pick<Environment, 'scaling' | 'minTasks' | 'desiredTasks'> {
  readonly artifacts: ArtifactStore
  readonly registry: Registry
  readonly service: Service
  readonly loadBalancer: LoadBalancer
}

/**
 * Tries what was deployed, by its public address. Only then the release counts: its image is marked as proven, and the
 * parameter says that it is in use.
 *
 * Cost: a run of two minutes $0.01.
 */
export class Smoke extends Construct {
  readonly project: Project

  constructor(scope: Construct, id: string, props: SmokeProps) {
    super(scope, id)
    const { artifacts, registry, service, loadBalancer, scaling, minTasks, desiredTasks } = props
    this.project = new Project(this, 'project', {
      ...props,
      does: 'smoke',
      description: 'Tries a release, and says that it is in use',
      minutes: 30,
      variables: {
        API_URL: loadBalancer.url,
        REPOSITORY: registry.name,
        RELEASE_PARAMETER: registry.releaseParameterName,
        NO_RELEASE,
        CLUSTER: service.clusterName,
        SERVICE: service.serviceName,
        DESIRED_TASKS: String(desiredTasks),
        // 0: nothing scales.
        MIN_TASKS: String(scaling ? minTasks : 0),
      },
    })
    const { role } = this.project
    artifacts.grantRead(role)
    registry.grantReadRelease(role)
    registry.grantRelease(role)
    // Nothing runs before the first release, which therefore starts the tasks.
    service.grantStart(role)
  }
}
