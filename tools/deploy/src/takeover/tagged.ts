import {
  paginateGetResources,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api'
import { ADDRESS_TAG, type Environment } from '@cartwright/environments'

export interface Tagged {
  readonly arn: string
  /** `aws_vpc.network_vpc_4E8F0223` */
  readonly address: string
}

/**
 * What AWS has of an environment, by its tags: also what is about to be deleted, and what no state lists. AWS may take a
 * minute to tell of something new.
 */
export async function findTagged({
  project,
  name,
  region,
}: Pick<Environment, 'project' | 'name' | 'region'>): Promise<readonly Tagged[]> {
  const client = new ResourceGroupsTaggingAPIClient({ region })
  const TagFilters = [
    { Key: 'Project', Values: [project] },
    { Key: 'Environment', Values: [name] },
    { Key: ADDRESS_TAG },
  ]
  const found: Tagged[] = []
  try {
    for await (const { ResourceTagMappingList = [] } of paginateGetResources({ client }, { TagFilters })) {
      for (const { ResourceARN, Tags = [] } of ResourceTagMappingList) {
        const address = Tags.find(({ Key }) => Key === ADDRESS_TAG)?.Value
        if (ResourceARN !== undefined && address !== undefined) found.push({ arn: ResourceARN, address })
      }
    }
  } finally {
    client.destroy()
  }
  return found
}
