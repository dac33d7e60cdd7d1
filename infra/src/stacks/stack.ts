import { TerraformStack } from '#terraform'

/**
 * A stack that stands by itself. CDKTF would resolve everything once before it writes, to find what belongs to other
 * stacks; there is nothing of the kind here, and it is a quarter of the time.
 */
export abstract class Stack extends TerraformStack {
  override prepareStack(): void {}
}
