import { type Environment, namesOf } from '@cartwright/environments'
import type { Place } from '../base/place.ts'
import type { Role } from '../base/role.ts'
import { FETCH } from './registry.ts'

export interface ProvenImagesProps extends Pick<Environment, 'accountId'> {
  /** The environment that they were proven in. */
  readonly source: Environment
  readonly place: Place
}

/** The registry of another environment, which may be in another account and region: what it has proven is taken over. */
export class ProvenImages {
  /** The account's number, which is the registry's id. */
  readonly account: string
  readonly region: string
  readonly repository: string
  readonly #props: ProvenImagesProps

  constructor(props: ProvenImagesProps) {
    this.#props = props
    const { source, place } = props
    // Environments that name no account are in the one that is deployed to.
    this.account = source.accountId ?? place.account
    this.region = source.region
    this.repository = namesOf(source).repository
  }

  /** Lets a role find and fetch images. Another account's registry and key have to allow it as well: `allowReaders`. */
  grantFetch(role: Role): void {
    const { source, place, accountId } = this.#props
    const { partition } = place
    role.allow({
      sid: 'FetchProvenImages',
      actions: FETCH,
      resources: [`arn:${partition}:ecr:${this.region}:${this.account}:repository/${this.repository}`],
    })
    if (source.accountId === undefined || source.accountId === accountId) return
    role.allow({
      sid: 'DecryptProvenImages',
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      resources: [`arn:${partition}:kms:${this.region}:${this.account}:key/*`],
      conditions: {
        StringEquals: { 'kms:ViaService': `ecr.${this.region}.amazonaws.com` },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${namesOf(source).base}` },
      },
    })
  }
}
