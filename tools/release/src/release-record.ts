import type { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling'
import type { SSM } from '@aws-sdk/client-ssm'
import type { Images } from './images/images.ts'
import type { Mark } from './images/marks.ts'
import type { ServicePlace } from './rollout/service.ts'

/** What the parameter says before the first release (infra/src/registry/registry.ts). */
const NO_RELEASE = 'none'

export interface ReleaseRecordOptions {
  readonly clients: { readonly autoScaling: ApplicationAutoScaling; readonly ssm: SSM }
  readonly images: Images
  /** Of Systems Manager: what tells Terraform the image. */
  readonly parameterName: string
  readonly service: Pick<ServicePlace, 'cluster' | 'service'>
  /** The least that scaling leaves, where there is scaling: before the first release it is none. */
  readonly minTasks: number | undefined
}

/** Which image is in use: the next deploy keeps it. */
export class ReleaseRecord {
  readonly parameterName: string
  readonly #options: ReleaseRecordOptions

  constructor(options: ReleaseRecordOptions) {
    this.parameterName = options.parameterName
    this.#options = options
  }

  /** The tag of the image in use; undefined before the first release. */
  async read(): Promise<string | undefined> {
    const { Parameter } = await this.#options.clients.ssm.getParameter({ Name: this.parameterName })
    return Parameter?.Value === NO_RELEASE ? undefined : Parameter?.Value
  }

  /**
   * Says that an image is in use, when it has proven itself, as the pipeline's smoke stage does
   * (infra/src/delivery/buildspecs/smoke.yml). Its mark comes first: one that was tried may be marked even if it does not stay,
   * but one in use must be.
   */
  async write(mark: Mark): Promise<void> {
    const { clients, images, service, minTasks } = this.#options
    await images.mark(mark)
    // A minimum of tasks before there is a release would have started them without an image.
    if (minTasks !== undefined && (await this.read()) === undefined) {
      await clients.autoScaling.registerScalableTarget({
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: `service/${service.cluster}/${service.service}`,
        MinCapacity: minTasks,
      })
    }
    await clients.ssm.putParameter({ Name: this.parameterName, Value: mark.tag, Overwrite: true })
  }
}
