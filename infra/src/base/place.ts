import { DataAwsCallerIdentity } from '#aws/data-aws-caller-identity'
import { DataAwsPartition } from '#aws/data-aws-partition'
import { Construct } from '#terraform'

/** Where the stack is applied: the account and the partition are known to Terraform alone, the region to us as well. */
export class Place extends Construct {
  readonly region: string
  readonly account: string
  readonly partition: string

  constructor(scope: Construct, id: string, { region }: { readonly region: string }) {
    super(scope, id)
    this.region = region
    this.account = new DataAwsCallerIdentity(this, 'account').accountId
    this.partition = new DataAwsPartition(this, 'partition').partition
  }

  /** The ARN of what stands in this account and region, without making it depend on anything. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`
  }
}
