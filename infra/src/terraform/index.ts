// The only door to `cdktf`: what replaces the project (docs/decisions/0010-cdktf-confined.md) replaces this file.

export {
  App,
  Aspects,
  conditional,
  DataResource,
  type IAspect,
  Lazy,
  Op,
  ref,
  S3Backend,
  type S3BackendConfig,
  TerraformElement,
  TerraformLocal,
  TerraformOutput,
  TerraformResource,
  TerraformStack,
  Token,
} from 'cdktf'
export { Construct, type IConstruct, Node } from 'constructs'
