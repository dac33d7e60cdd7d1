import { SecurityGroup as AwsSecurityGroup } from '#aws/security-group'
import { VpcSecurityGroupEgressRule } from '#aws/vpc-security-group-egress-rule'
import { VpcSecurityGroupIngressRule } from '#aws/vpc-security-group-ingress-rule'
import { Construct } from '#terraform'

export interface SecurityGroupProps {
  readonly name: string
  readonly description: string
  readonly vpcId: string
}

/**
 * A security group that lets nothing in or out by itself. Whoever may talk to whom is said once, and both sides get
 * their rule.
 *
 * Cost: none.
 */
export class SecurityGroup extends Construct {
  readonly groupId: string

  constructor(scope: Construct, id: string, props: SecurityGroupProps) {
    super(scope, id)
    const { name, description, vpcId } = props
    this.groupId = new AwsSecurityGroup(this, 'group', { name, description, vpcId, tags: { Name: name } }).id
  }

  /**
   * Lets members of another group in, and lets them out to here.
   *
   * @param id names the rule in both groups
   */
  allowFrom(other: SecurityGroup, id: string, port: number, description: string): void {
    const common = { ipProtocol: 'tcp', fromPort: port, toPort: port, description }
    new VpcSecurityGroupIngressRule(this, `from-${id}`, {
      securityGroupId: this.groupId,
      referencedSecurityGroupId: other.groupId,
      ...common,
    })
    new VpcSecurityGroupEgressRule(this, `out-${id}`, {
      securityGroupId: other.groupId,
      referencedSecurityGroupId: this.groupId,
      ...common,
    })
  }

  /** Lets everybody in. */
  allowFromAnywhere(id: string, port: number, description: string): void {
    const securityGroupId = this.groupId
    const common = { ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIpv4: '0.0.0.0/0', description }
    new VpcSecurityGroupIngressRule(this, `from-${id}`, { securityGroupId, ...common })
  }

  /** Lets members out to everybody. */
  allowToAnywhere(id: string, port: number, description: string): void {
    const securityGroupId = this.groupId
    const common = { ipProtocol: 'tcp', fromPort: port, toPort: port, cidrIpv4: '0.0.0.0/0', description }
    new VpcSecurityGroupEgressRule(this, `to-${id}`, { securityGroupId, ...common })
  }
}
