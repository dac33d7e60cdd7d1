import { ADDRESS_TAG } from '@cartwright/environments'
import { type IAspect, type IConstruct, TerraformResource } from '#terraform'

/** A resource that takes tags: CDKTF gives it both. */
interface Taggable {
  tags: Readonly<Record<string, string>>
  readonly tagsInput?: Readonly<Record<string, string>>
}

/**
 * Tags every resource with its address in the stack. What a lost state no longer tells, or a killed deploy never wrote
 * down, is found by it: AWS made the ids of half of all resources.
 */
export class AddressTag implements IAspect {
  visit(node: IConstruct): void {
    if (!(node instanceof TerraformResource) || !isTaggable(node)) return
    node.tags = { ...node.tagsInput, [ADDRESS_TAG]: `${node.terraformResourceType}.${node.friendlyUniqueId}` }
  }
}

function isTaggable(node: object): node is Taggable {
  return 'tagsInput' in node
}
