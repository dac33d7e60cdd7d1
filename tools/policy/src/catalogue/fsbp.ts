import { cannot, doesNotApply, type PublicRule } from './public-rule.ts'

/**
 * The controls of Security Hub for the services that the stacks use: those of AWS Foundational Security Best Practices v1.0.0,
 * and with `elsewhere` those of other standards alone. From the chapters of AWS's guide as of 23 September 2026
 * (https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html).
 */
export const FSBP: readonly PublicRule[] = [
  {
    id: 'ACM.2',
    title: 'RSA certificates managed by ACM should use a key length of at least 2,048 bits',
    checkedBy: ['certificate-key-long-enough'],
  },
  {
    id: 'ACM.3',
    title: 'ACM certificates should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'CloudWatch.15',
    title: 'CloudWatch alarms should have specified actions configured',
    checkedBy: ['alarm-calls-somebody'],
    note: 'part of a composite alarm that calls, or of what undoes a deployment, is enough',
    elsewhere: true,
  },
  {
    id: 'CloudWatch.16',
    title: 'CloudWatch log groups should be retained for a specified time period',
    checkedBy: ['log-kept-a-year'],
    note: 'not for ever either',
    elsewhere: true,
  },
  {
    id: 'CloudWatch.17',
    title: 'CloudWatch alarm actions should be activated',
    checkedBy: ['alarm-actions-on'],
    elsewhere: true,
  },
  {
    id: 'CodeBuild.1',
    title: 'CodeBuild Bitbucket source repository URLs should not contain sensitive credentials',
    checkedBy: ['build-source-without-credentials'],
    note: 'wherever the source is',
  },
  {
    id: 'CodeBuild.2',
    title: 'CodeBuild project environment variables should not contain clear text credentials',
    checkedBy: ['container-variables-hold-no-secret'],
    note: 'every name that sounds like a secret',
  },
  { id: 'CodeBuild.3', title: 'CodeBuild S3 logs should be encrypted', checkedBy: ['build-logs-encrypted'] },
  {
    id: 'CodeBuild.4',
    title: 'CodeBuild project environments should have a logging configuration',
    checkedBy: ['build-logged'],
    note: 'to CloudWatch',
  },
  {
    id: 'CodeBuild.5',
    title: 'CodeBuild project environments should not have privileged mode enabled',
    checkedBy: ['build-not-privileged'],
    note: 'AWS took it back in April 2024',
    elsewhere: true,
  },
  {
    id: 'DynamoDB.1',
    title: 'DynamoDB tables should automatically scale capacity with demand',
    checkedBy: ['table-capacity-follows'],
  },
  {
    id: 'DynamoDB.2',
    title: 'DynamoDB tables should have point-in-time recovery enabled',
    checkedBy: ['table-restorable-to-a-moment'],
  },
  {
    id: 'DynamoDB.4',
    title: 'DynamoDB tables should be present in a backup plan',
    checkedBy: ['carts-backed-up-by-plan'],
    note: 'a plan of these stacks; one of the organisation is not seen',
    elsewhere: true,
  },
  {
    id: 'DynamoDB.5',
    title: 'DynamoDB tables should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'DynamoDB.6',
    title: 'DynamoDB tables should have deletion protection enabled',
    checkedBy: ['table-deletion-protected'],
  },
  {
    id: 'EC2.2',
    title: 'VPC default security groups should not allow inbound or outbound traffic',
    checkedBy: ['default-group-empty'],
  },
  { id: 'EC2.6', title: 'VPC flow logging should be enabled in all VPCs', checkedBy: ['flows-logged'] },
  {
    id: 'EC2.10',
    title: 'Amazon EC2 should be configured to use VPC endpoints that are created for the Amazon EC2 service',
    checkedBy: ['endpoints-for-managing'],
  },
  {
    id: 'EC2.12',
    title: 'Unused Amazon EC2 EIPs should be removed',
    checkedBy: ['address-used'],
    note: 'by a NAT gateway',
    elsewhere: true,
  },
  {
    id: 'EC2.13',
    title: 'Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22',
    checkedBy: ['ingress-ssh-closed', 'group-without-inline-rules'],
    elsewhere: true,
  },
  {
    id: 'EC2.14',
    title: 'Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 3389',
    checkedBy: ['ingress-rdp-closed', 'group-without-inline-rules'],
    elsewhere: true,
  },
  {
    id: 'EC2.15',
    title: 'Amazon EC2 subnets should not automatically assign public IP addresses',
    checkedBy: ['subnet-gives-no-public-addresses'],
  },
  {
    id: 'EC2.18',
    title: 'Security groups should only allow unrestricted incoming traffic for authorized ports',
    checkedBy: ['ingress-from-world-only-to-the-load-balancer', 'group-without-inline-rules'],
    note: 'and only of a load balancer',
  },
  {
    id: 'EC2.19',
    title: 'Security groups should not allow unrestricted access to ports with high risk',
    checkedBy: ['ingress-from-world-only-to-the-load-balancer', 'group-without-inline-rules'],
    note: 'only 80 and 443 of a load balancer',
  },
  {
    id: 'EC2.22',
    title: 'Unused Amazon EC2 security groups should be removed',
    checkedBy: ['group-used'],
    note: 'by what refers to it here; whether anything runs is known to AWS',
    elsewhere: true,
  },
  {
    id: 'EC2.37',
    title: 'EC2 Elastic IP addresses should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.39',
    title: 'EC2 internet gateways should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.40',
    title: 'EC2 NAT gateways should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.42',
    title: 'EC2 route tables should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.43',
    title: 'EC2 security groups should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.44',
    title: 'EC2 subnets should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.46',
    title: 'Amazon VPCs should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.48',
    title: 'Amazon VPC flow logs should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EC2.53',
    title:
      'EC2 security groups should not allow ingress from 0.0.0.0/0 to remote server administration ports',
    checkedBy: ['ingress-ssh-closed', 'ingress-rdp-closed', 'group-without-inline-rules'],
    elsewhere: true,
  },
  {
    id: 'EC2.54',
    title: 'EC2 security groups should not allow ingress from ::/0 to remote server administration ports',
    checkedBy: ['ingress-ssh-closed', 'ingress-rdp-closed', 'group-without-inline-rules'],
    elsewhere: true,
  },
  {
    id: 'EC2.55',
    title: 'VPCs should be configured with an interface endpoint for ECR API',
    checkedBy: ['endpoints-for-images'],
  },
  {
    id: 'EC2.56',
    title: 'VPCs should be configured with an interface endpoint for Docker Registry',
    checkedBy: ['endpoints-for-images'],
  },
  {
    id: 'EC2.57',
    title: 'VPCs should be configured with an interface endpoint for Systems Manager',
    checkedBy: ['endpoints-for-managing'],
  },
  {
    id: 'EC2.58',
    title:
      'VPCs should be configured with an interface endpoint for Systems Manager Incident Manager Contacts',
    checkedBy: ['endpoints-for-managing'],
  },
  {
    id: 'EC2.60',
    title: 'VPCs should be configured with an interface endpoint for Systems Manager Incident Manager',
    checkedBy: ['endpoints-for-managing'],
  },
  {
    id: 'ECR.1',
    title: 'ECR private repositories should have image scanning configured',
    checkedBy: ['images-scanned'],
  },
  {
    id: 'ECR.2',
    title: 'ECR private repositories should have tag immutability configured',
    checkedBy: ['image-tags-immutable'],
  },
  {
    id: 'ECR.3',
    title: 'ECR repositories should have at least one lifecycle policy configured',
    checkedBy: ['images-expire'],
  },
  {
    id: 'ECR.5',
    title: 'ECR repositories should be encrypted with customer managed AWS KMS keys',
    checkedBy: ['images-encrypted-with-own-key'],
    elsewhere: true,
  },
  {
    id: 'ECS.1',
    title: 'Amazon ECS task definitions should have secure networking modes and user definitions',
    checkedBy: ['task-on-fargate', 'container-not-privileged', 'container-not-root'],
    note: 'no task has the network of its host; AWS took it back in June 2026',
    elsewhere: true,
  },
  {
    id: 'ECS.2',
    title: 'ECS services should not have public IP addresses assigned to them automatically',
    checkedBy: ['task-without-public-address'],
  },
  {
    id: 'ECS.3',
    title: "ECS task definitions should not share the host's process namespace",
    checkedBy: ['task-on-fargate'],
  },
  {
    id: 'ECS.4',
    title: 'ECS containers should run as non-privileged',
    checkedBy: ['container-not-privileged'],
  },
  {
    id: 'ECS.5',
    title:
      'ECS task definitions should configure containers to be limited to read-only access to root filesystems',
    checkedBy: ['container-root-read-only'],
  },
  {
    id: 'ECS.8',
    title: 'Secrets should not be passed as container environment variables',
    checkedBy: ['container-variables-hold-no-secret'],
    note: 'every name that sounds like a secret',
  },
  {
    id: 'ECS.9',
    title: 'ECS task definitions should have a logging configuration',
    checkedBy: ['container-logs'],
    note: 'also that it is not held up',
  },
  {
    id: 'ECS.10',
    title: 'ECS Fargate services should run on the latest Fargate platform version',
    checkedBy: ['service-on-current-platform'],
  },
  { id: 'ECS.12', title: 'ECS clusters should use Container Insights', checkedBy: ['cluster-measured'] },
  {
    id: 'ECS.13',
    title: 'ECS services should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'ECS.14',
    title: 'ECS clusters should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'ECS.15',
    title: 'ECS task definitions should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'ECS.17',
    title: 'ECS task definitions should not use host network mode',
    checkedBy: ['task-on-fargate'],
    elsewhere: true,
  },
  {
    id: 'ECS.18',
    title: 'ECS Task Definitions should use in-transit encryption for EFS volumes',
    checkedBy: ['task-volumes-encrypted'],
  },
  {
    id: 'ECS.20',
    title: 'ECS Task Definitions should configure non-root users in Linux container definitions',
    checkedBy: ['container-not-root'],
  },
  {
    id: 'ECS.21',
    title: 'ECS Task Definitions should configure non-administrator users in Windows container definitions',
    checkedBy: ['task-on-linux'],
    note: 'there are no tasks of Windows',
  },
  {
    id: 'ElastiCache.1',
    title: 'ElastiCache (Redis OSS) clusters should have automatic backups enabled',
    checkedBy: ['redis-backed-up'],
  },
  {
    id: 'ElastiCache.2',
    title: 'ElastiCache clusters should have automatic minor version upgrades enabled',
    checkedBy: ['redis-patched'],
  },
  {
    id: 'ElastiCache.3',
    title: 'ElastiCache replication groups should have automatic failover enabled',
    checkedBy: ['redis-survives-a-node'],
  },
  {
    id: 'ElastiCache.4',
    title: 'ElastiCache replication groups should be encrypted at rest',
    checkedBy: ['redis-encrypted-at-rest'],
  },
  {
    id: 'ElastiCache.5',
    title: 'ElastiCache replication groups should be encrypted in transit',
    checkedBy: ['redis-by-tls-only'],
  },
  {
    id: 'ElastiCache.6',
    title:
      'ElastiCache (Redis OSS) replication groups of earlier versions should have Redis OSS AUTH enabled',
    checkedBy: ['redis-asks-for-a-token'],
    note: 'of every version',
  },
  {
    id: 'ElastiCache.7',
    title: 'ElastiCache clusters should not use the default subnet group',
    checkedBy: ['redis-in-own-subnets'],
  },
  {
    id: 'ELB.1',
    title: 'Application Load Balancer should be configured to redirect all HTTP requests to HTTPS',
    checkedBy: ['listener-by-tls', 'redirect-forwards-nothing'],
  },
  {
    id: 'ELB.4',
    title: 'Application Load Balancer should be configured to drop invalid http headers',
    checkedBy: ['balancer-drops-invalid-headers'],
  },
  {
    id: 'ELB.5',
    title: 'Application and Classic Load Balancers logging should be enabled',
    checkedBy: ['balancer-access-logged'],
  },
  {
    id: 'ELB.6',
    title: 'Application, Gateway, and Network Load Balancers should have deletion protection enabled',
    checkedBy: ['balancer-deletion-protected'],
  },
  {
    id: 'ELB.12',
    title:
      'Application Load Balancer should be configured with defensive or strictest desync mitigation mode',
    checkedBy: ['balancer-not-desynchronised'],
  },
  {
    id: 'ELB.13',
    title: 'Application, Network and Gateway Load Balancers should span multiple Availability Zones',
    checkedBy: ['balancer-in-two-zones'],
  },
  {
    id: 'ELB.16',
    title: 'Application Load Balancers should be associated with an AWS WAF web ACL',
    checkedBy: ['balancer-behind-firewall'],
    note: 'those of the internet',
    elsewhere: true,
  },
  {
    id: 'ELB.17',
    title: 'Application and Network Load Balancers with listeners should use recommended security policies',
    checkedBy: ['listener-with-modern-tls'],
  },
  {
    id: 'ELB.18',
    title:
      'Application and Network Load Balancer listeners should use secure protocols to encrypt data in transit',
    checkedBy: ['listener-by-tls'],
    note: 'one that only sends to HTTPS is let be: ELB.1 asks for it',
  },
  {
    id: 'ELB.21',
    title: 'Application and Network Load Balancer target groups should use encrypted health check protocols',
    checkedBy: ['target-group-checks-health-by-tls'],
  },
  {
    id: 'ELB.22',
    title: 'ELB target groups should use encrypted transport protocols',
    checkedBy: ['target-group-by-tls'],
  },
  {
    id: 'EventBridge.2',
    title: 'EventBridge event buses should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'EventBridge.3',
    title: 'EventBridge custom event buses should have a resource-based policy attached',
    checkedBy: ['bus-has-a-policy'],
  },
  {
    id: 'IAM.1',
    title: 'IAM policies should not allow full "*" administrative privileges',
    checkedBy: ['identity-not-administrator'],
    note: 'inline policies as well',
  },
  {
    id: 'IAM.21',
    title: 'IAM customer managed policies that you create should not allow wildcard actions for services',
    checkedBy: ['identity-actions-named', 'policy-without-negations'],
    note: 'inline policies as well, and no `*` anywhere in an action',
  },
  {
    id: 'IAM.24',
    title: 'IAM roles should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'IAM.27',
    title: 'IAM identities should not have the AWSCloudShellFullAccess policy attached',
    checkedBy: ['role-without-broad-managed-policies'],
    elsewhere: true,
  },
  {
    id: 'KMS.1',
    title: 'IAM customer managed policies should not allow decryption actions on all KMS keys',
    checkedBy: ['identity-cannot-open-keys'],
    note: 'inline policies as well',
  },
  {
    id: 'KMS.2',
    title: 'IAM principals should not have IAM inline policies that allow decryption actions on all KMS keys',
    checkedBy: ['identity-cannot-open-keys'],
  },
  {
    id: 'KMS.4',
    title: 'AWS KMS key rotation should be enabled',
    checkedBy: ['key-rotates'],
    elsewhere: true,
  },
  { id: 'KMS.5', title: 'KMS keys should not be publicly accessible', checkedBy: ['resource-policy-closed'] },
  {
    id: 'Route53.2',
    title: 'Route 53 public hosted zones should log DNS queries',
    doesNotApply: 'no zone is made here: records go into one that its owner looks after',
  },
  {
    id: 'S3.2',
    title: 'S3 general purpose buckets should block public read access',
    checkedBy: [
      'bucket-refuses-public-policies',
      'bucket-restricts-public-policies',
      'bucket-refuses-public-acls',
      'bucket-ignores-public-acls',
      'bucket-policy-closed',
    ],
  },
  {
    id: 'S3.3',
    title: 'S3 general purpose buckets should block public write access',
    checkedBy: [
      'bucket-refuses-public-policies',
      'bucket-restricts-public-policies',
      'bucket-refuses-public-acls',
      'bucket-ignores-public-acls',
      'bucket-policy-closed',
    ],
  },
  {
    id: 'S3.5',
    title: 'S3 general purpose buckets should require requests to use TLS',
    checkedBy: ['bucket-by-tls-only'],
  },
  {
    id: 'S3.6',
    title: 'S3 general purpose bucket policies should restrict access to other AWS accounts',
    checkedBy: ['resource-policy-of-this-account', 'bucket-policy-closed'],
    note: 'any other account, whatever it may do, unless a condition binds it',
  },
  {
    id: 'S3.7',
    title: 'S3 general purpose buckets should use cross-Region replication',
    checkedBy: ['bucket-replicated'],
    elsewhere: true,
  },
  {
    id: 'S3.8',
    title: 'S3 general purpose buckets should block public access',
    checkedBy: [
      'bucket-refuses-public-acls',
      'bucket-refuses-public-policies',
      'bucket-ignores-public-acls',
      'bucket-restricts-public-policies',
    ],
  },
  {
    id: 'S3.9',
    title: 'S3 general purpose buckets should have server access logging enabled',
    checkedBy: ['bucket-access-logged'],
  },
  {
    id: 'S3.10',
    title: 'S3 general purpose buckets with versioning enabled should have Lifecycle configurations',
    checkedBy: ['bucket-cleans-up'],
    elsewhere: true,
  },
  {
    id: 'S3.11',
    title: 'S3 general purpose buckets should have event notifications enabled',
    checkedBy: ['bucket-tells-its-events'],
    elsewhere: true,
  },
  {
    id: 'S3.12',
    title: 'ACLs should not be used to manage user access to S3 general purpose buckets',
    checkedBy: ['bucket-without-access-lists'],
  },
  {
    id: 'S3.13',
    title: 'S3 general purpose buckets should have Lifecycle configurations',
    checkedBy: ['bucket-cleans-up'],
  },
  {
    id: 'S3.14',
    title: 'S3 general purpose buckets should have versioning enabled',
    checkedBy: ['bucket-versioned'],
    elsewhere: true,
  },
  {
    id: 'S3.15',
    title: 'S3 general purpose buckets should have Object Lock enabled',
    checkedBy: ['bucket-objects-locked'],
    elsewhere: true,
  },
  {
    id: 'S3.17',
    title: 'S3 general purpose buckets should be encrypted at rest with AWS KMS keys',
    checkedBy: ['bucket-encrypted-with-own-key'],
    note: 'with a key of this stack',
    elsewhere: true,
  },
  {
    id: 'S3.20',
    title: 'S3 general purpose buckets should have MFA delete enabled',
    checkedBy: ['bucket-deletes-by-mfa'],
    elsewhere: true,
  },
  {
    id: 'SecretsManager.1',
    title: 'Secrets Manager secrets should have automatic rotation enabled',
    checkedBy: ['secret-rotates'],
  },
  {
    id: 'SecretsManager.5',
    title: 'Secrets Manager secrets should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'SNS.1',
    title: 'SNS topics should be encrypted at-rest using AWS KMS',
    checkedBy: ['topic-encrypted'],
    note: 'with a key of this stack',
    elsewhere: true,
  },
  {
    id: 'SNS.3',
    title: 'SNS topics should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'SNS.4',
    title: 'SNS topic access policies should not allow public access',
    checkedBy: ['resource-policy-closed'],
  },
  {
    id: 'SQS.1',
    title: 'Amazon SQS queues should be encrypted at rest',
    checkedBy: ['queue-encrypted'],
    note: 'a queue has to say it, though SQS encrypts by itself',
  },
  {
    id: 'SQS.2',
    title: 'SQS queues should be tagged',
    checkedBy: ['everything-tagged'],
    note: 'by our own tags, most of them from the provider',
    elsewhere: true,
  },
  {
    id: 'SQS.3',
    title: 'SQS queue access policies should not allow public access',
    checkedBy: ['resource-policy-closed'],
  },
  {
    id: 'WAF.10',
    title: 'AWS WAF web ACLs should have at least one rule or rule group',
    checkedBy: ['firewall-has-rules'],
  },
  {
    id: 'WAF.11',
    title: 'AWS WAF web ACL logging should be enabled',
    checkedBy: ['firewall-logs'],
    elsewhere: true,
  },
  {
    id: 'WAF.12',
    title: 'AWS WAF rules should have CloudWatch metrics enabled',
    checkedBy: ['firewall-measured'],
    note: "a firewall's own rules; there are no groups of rules",
  },
  ...cannot(
    'the day on which a certificate ends is known to ACM; `certificate-renews-itself` holds that it is renewed before',
    [
      {
        id: 'ACM.1',
        title: 'Imported and ACM-issued certificates should be renewed after a specified time period',
      },
    ],
  ),
  ...cannot('hangs on a trail of CloudTrail, which belongs to the account', [
    {
      id: 'CloudWatch.1',
      title: 'A log metric filter and alarm should exist for usage of the "root" user',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.2',
      title: 'Ensure a log metric filter and alarm exist for unauthorized API calls',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.3',
      title: 'Ensure a log metric filter and alarm exist for Management Console sign-in without MFA',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.4',
      title: 'Ensure a log metric filter and alarm exist for IAM policy changes',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.5',
      title: 'Ensure a log metric filter and alarm exist for CloudTrail configuration changes',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.6',
      title: 'Ensure a log metric filter and alarm exist for AWS Management Console authentication failures',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.7',
      title:
        'Ensure a log metric filter and alarm exist for disabling or scheduled deletion of customer created CMKs',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.8',
      title: 'Ensure a log metric filter and alarm exist for S3 bucket policy changes',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.9',
      title: 'Ensure a log metric filter and alarm exist for AWS Config configuration changes',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.10',
      title: 'Ensure a log metric filter and alarm exist for security group changes',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.11',
      title: 'Ensure a log metric filter and alarm exist for changes to Network Access Control Lists (NACL)',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.12',
      title: 'Ensure a log metric filter and alarm exist for changes to network gateways',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.13',
      title: 'Ensure a log metric filter and alarm exist for route table changes',
      elsewhere: true,
    },
    {
      id: 'CloudWatch.14',
      title: 'Ensure a log metric filter and alarm exist for VPC changes',
      elsewhere: true,
    },
    {
      id: 'S3.22',
      title: 'S3 general purpose buckets should log object-level write events',
      elsewhere: true,
    },
    { id: 'S3.23', title: 'S3 general purpose buckets should log object-level read events', elsewhere: true },
  ]),
  ...cannot('a setting of the account, not of a stack', [
    { id: 'EC2.1', title: 'Amazon EBS snapshots should not be configured to be publicly restorable' },
    { id: 'EC2.7', title: 'EBS default encryption should be enabled' },
    { id: 'EC2.172', title: 'EC2 VPC Block Public Access settings should block internet gateway traffic' },
    { id: 'EC2.182', title: 'Block public access settings should be enabled for Amazon EBS snapshots' },
    {
      id: 'IAM.28',
      title: 'IAM Access Analyzer external access analyzer should be enabled',
      elsewhere: true,
    },
    { id: 'S3.1', title: 'S3 general purpose buckets should have block public access settings enabled' },
    { id: 'SSM.6', title: 'SSM Automation should have CloudWatch logging enabled' },
    { id: 'SSM.7', title: 'SSM documents should have the block public sharing setting enabled' },
  ]),
  ...cannot('AWS makes the interfaces, and no resource here tags them', [
    { id: 'EC2.35', title: 'EC2 network interfaces should be tagged', elsewhere: true },
  ]),
  ...cannot('AWS makes the default network ACL, and no resource here tags it', [
    { id: 'EC2.41', title: 'EC2 network ACLs should be tagged', elsewhere: true },
  ]),
  ...cannot('the options of the region are used, which belong to the account', [
    { id: 'EC2.174', title: 'EC2 DHCP option sets should be tagged', elsewhere: true },
  ]),
  ...cannot('about the root user, IAM users and their passwords, which belong to the account', [
    { id: 'IAM.2', title: 'IAM users should not have IAM policies attached' },
    { id: 'IAM.3', title: "IAM users' access keys should be rotated every 90 days or less" },
    { id: 'IAM.4', title: 'IAM root user access key should not exist' },
    { id: 'IAM.5', title: 'MFA should be enabled for all IAM users that have a console password' },
    { id: 'IAM.6', title: 'Hardware MFA should be enabled for the root user' },
    { id: 'IAM.7', title: 'Password policies for IAM users should have strong configurations' },
    { id: 'IAM.8', title: 'Unused IAM user credentials should be removed' },
    { id: 'IAM.9', title: 'MFA should be enabled for the root user', elsewhere: true },
    {
      id: 'IAM.10',
      title: 'Password policies for IAM users should have strong configurations',
      elsewhere: true,
    },
    {
      id: 'IAM.11',
      title: 'Ensure IAM password policy requires at least one uppercase letter',
      elsewhere: true,
    },
    {
      id: 'IAM.12',
      title: 'Ensure IAM password policy requires at least one lowercase letter',
      elsewhere: true,
    },
    { id: 'IAM.13', title: 'Ensure IAM password policy requires at least one symbol', elsewhere: true },
    { id: 'IAM.14', title: 'Ensure IAM password policy requires at least one number', elsewhere: true },
    {
      id: 'IAM.15',
      title: 'Ensure IAM password policy requires minimum password length of 14 or greater',
      elsewhere: true,
    },
    { id: 'IAM.16', title: 'Ensure IAM password policy prevents password reuse', elsewhere: true },
    {
      id: 'IAM.17',
      title: 'Ensure IAM password policy expires passwords within 90 days or less',
      elsewhere: true,
    },
    {
      id: 'IAM.18',
      title: 'Ensure a support role has been created to manage incidents with AWS Support',
      elsewhere: true,
    },
    { id: 'IAM.19', title: 'MFA should be enabled for all IAM users', elsewhere: true },
    { id: 'IAM.22', title: 'IAM user credentials unused for 45 days should be removed', elsewhere: true },
    { id: 'IAM.26', title: 'Expired SSL/TLS certificates managed in IAM should be removed', elsewhere: true },
  ]),
  ...cannot(
    'whether somebody deletes a key is known to KMS; `key-stays-usable` holds that there is time to take it back',
    [{ id: 'KMS.3', title: 'AWS KMS keys should not be deleted unintentionally' }],
  ),
  ...cannot('whether rotations succeed is known to Secrets Manager', [
    {
      id: 'SecretsManager.2',
      title: 'Secrets Manager secrets configured with automatic rotation should rotate successfully',
    },
  ]),
  ...cannot('when a secret was last read is known to Secrets Manager', [
    { id: 'SecretsManager.3', title: 'Remove unused Secrets Manager secrets' },
  ]),
  ...cannot('when a secret was last changed is known to Secrets Manager', [
    {
      id: 'SecretsManager.4',
      title: 'Secrets Manager secrets should be rotated within a specified number of days',
    },
  ]),
  ...doesNotApply(
    'there are no groups of EC2 instances: tasks scale, which Security Hub has no control for',
    [
      {
        id: 'AutoScaling.1',
        title: 'Auto Scaling groups associated with a load balancer should use ELB health checks',
      },
      {
        id: 'AutoScaling.2',
        title: 'Amazon EC2 Auto Scaling group should cover multiple Availability Zones',
      },
      {
        id: 'AutoScaling.3',
        title:
          'Auto Scaling group launch configurations should configure EC2 instances to require Instance Metadata Service Version 2 (IMDSv2)',
      },
      {
        id: 'Autoscaling.5',
        title:
          'Amazon EC2 instances launched using Auto Scaling group launch configurations should not have Public IP addresses',
      },
      {
        id: 'AutoScaling.6',
        title: 'Auto Scaling groups should use multiple instance types in multiple Availability Zones',
      },
      { id: 'AutoScaling.9', title: 'EC2 Auto Scaling groups should use EC2 launch templates' },
      { id: 'AutoScaling.10', title: 'EC2 Auto Scaling groups should be tagged', elsewhere: true },
    ],
  ),
  ...doesNotApply('there are no report groups', [
    { id: 'CodeBuild.7', title: 'CodeBuild report group exports should be encrypted at rest' },
  ]),
  ...doesNotApply('there is no DynamoDB Accelerator', [
    { id: 'DynamoDB.3', title: 'DynamoDB Accelerator (DAX) clusters should be encrypted at rest' },
    { id: 'DynamoDB.7', title: 'DynamoDB Accelerator clusters should be encrypted in transit' },
  ]),
  ...doesNotApply('there are no EC2 instances, volumes, snapshots or launch templates', [
    { id: 'EC2.3', title: 'Attached Amazon EBS volumes should be encrypted at-rest' },
    { id: 'EC2.4', title: 'Stopped EC2 instances should be removed after a specified time period' },
    { id: 'EC2.8', title: 'EC2 instances should use Instance Metadata Service Version 2 (IMDSv2)' },
    { id: 'EC2.9', title: 'Amazon EC2 instances should not have a public IPv4 address' },
    { id: 'EC2.17', title: 'Amazon EC2 instances should not use multiple ENIs' },
    { id: 'EC2.24', title: 'Amazon EC2 paravirtual instance types should not be used' },
    { id: 'EC2.25', title: 'Amazon EC2 launch templates should not assign public IPs to network interfaces' },
    { id: 'EC2.28', title: 'EBS volumes should be covered by a backup plan', elsewhere: true },
    { id: 'EC2.38', title: 'EC2 instances should be tagged', elsewhere: true },
    { id: 'EC2.45', title: 'EC2 volumes should be tagged', elsewhere: true },
    { id: 'EC2.170', title: 'EC2 launch templates should use Instance Metadata Service Version 2 (IMDSv2)' },
    {
      id: 'EC2.173',
      title:
        'EC2 Spot Fleet requests with launch parameters should enable encryption for attached EBS volumes',
    },
    { id: 'EC2.175', title: 'EC2 launch templates should be tagged', elsewhere: true },
    { id: 'EC2.181', title: 'EC2 launch templates should enable encryption for attached EBS volumes' },
    { id: 'SSM.1', title: 'Amazon EC2 instances should be managed by AWS Systems Manager' },
    {
      id: 'SSM.2',
      title:
        'Amazon EC2 instances managed by Systems Manager should have a patch compliance status of COMPLIANT after a patch installation',
    },
    {
      id: 'SSM.3',
      title:
        'Amazon EC2 instances managed by Systems Manager should have an association compliance status of COMPLIANT',
    },
  ]),
  ...doesNotApply('there are no network ACLs but the default one', [
    { id: 'EC2.16', title: 'Unused Network Access Control Lists should be removed' },
    { id: 'EC2.21', title: 'Network ACLs should not allow ingress from 0.0.0.0/0 to port 22 or port 3389' },
  ]),
  ...doesNotApply('there are no transit gateways, VPNs or peerings', [
    { id: 'EC2.20', title: 'Both VPN tunnels for an AWS Site-to-Site VPN connection should be up' },
    {
      id: 'EC2.23',
      title: 'Amazon EC2 Transit Gateways should not automatically accept VPC attachment requests',
    },
    { id: 'EC2.33', title: 'EC2 transit gateway attachments should be tagged', elsewhere: true },
    { id: 'EC2.34', title: 'EC2 transit gateway route tables should be tagged', elsewhere: true },
    { id: 'EC2.36', title: 'EC2 customer gateways should be tagged', elsewhere: true },
    { id: 'EC2.49', title: 'Amazon VPC peering connections should be tagged', elsewhere: true },
    { id: 'EC2.50', title: 'EC2 VPN gateways should be tagged', elsewhere: true },
    { id: 'EC2.51', title: 'EC2 Client VPN endpoints should have client connection logging enabled' },
    { id: 'EC2.52', title: 'EC2 transit gateways should be tagged', elsewhere: true },
    { id: 'EC2.171', title: 'EC2 VPN connections should have logging enabled' },
    { id: 'EC2.183', title: 'EC2 VPN connections should use IKEv2 protocol' },
  ]),
  ...doesNotApply('there are no endpoint services', [
    { id: 'EC2.47', title: 'Amazon VPC endpoint services should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('there are no prefix lists of our own', [
    { id: 'EC2.176', title: 'EC2 prefix lists should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('no traffic is mirrored', [
    { id: 'EC2.177', title: 'EC2 traffic mirror sessions should be tagged', elsewhere: true },
    { id: 'EC2.178', title: 'EC2 traffic mirror filters should be tagged', elsewhere: true },
    { id: 'EC2.179', title: 'EC2 traffic mirror targets should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('AWS makes the interfaces, with the checks on', [
    { id: 'EC2.180', title: 'EC2 network interfaces should have source/destination checking enabled' },
  ]),
  ...doesNotApply('there are no public repositories', [
    { id: 'ECR.4', title: 'ECR public repositories should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('there are no task sets: ECS itself deploys', [
    { id: 'ECS.16', title: 'ECS task sets should not automatically assign public IP addresses' },
  ]),
  ...doesNotApply('tasks run on Fargate, without EC2 capacity providers', [
    { id: 'ECS.19', title: 'ECS capacity providers should have managed termination protection enabled' },
  ]),
  ...doesNotApply('there are no Classic Load Balancers', [
    {
      id: 'ELB.2',
      title:
        'Classic Load Balancers with SSL/HTTPS listeners should use a certificate provided by AWS Certificate Manager',
    },
    {
      id: 'ELB.3',
      title: 'Classic Load Balancer listeners should be configured with HTTPS or TLS termination',
    },
    { id: 'ELB.7', title: 'Classic Load Balancers should have connection draining enabled' },
    {
      id: 'ELB.8',
      title:
        'Classic Load Balancers with SSL listeners should use a predefined security policy that has strong configuration',
    },
    { id: 'ELB.9', title: 'Classic Load Balancers should have cross-zone load balancing enabled' },
    { id: 'ELB.10', title: 'Classic Load Balancer should span multiple Availability Zones' },
    {
      id: 'ELB.14',
      title: 'Classic Load Balancer should be configured with defensive or strictest desync mitigation mode',
    },
  ]),
  ...doesNotApply('there are no global endpoints', [
    {
      id: 'EventBridge.4',
      title: 'EventBridge global endpoints should have event replication enabled',
      elsewhere: true,
    },
  ]),
  ...doesNotApply('AWS took it back in April 2024', [
    { id: 'IAM.20', title: 'Avoid the use of the root user', elsewhere: true },
    {
      id: 'SNS.2',
      title: 'Logging of delivery status should be enabled for notification messages sent to a topic',
      elsewhere: true,
    },
  ]),
  ...doesNotApply('there is no analyzer of IAM Access Analyzer', [
    { id: 'IAM.23', title: 'IAM Access Analyzer analyzers should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('there are no IAM users', [
    { id: 'IAM.25', title: 'IAM users should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('there are no health checks of Route 53', [
    { id: 'Route53.1', title: 'Route 53 health checks should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('there are no access points', [
    { id: 'S3.19', title: 'S3 access points should have block public access settings enabled' },
    { id: 'S3.24', title: 'S3 Multi-Region Access Points should have block public access settings enabled' },
  ]),
  ...doesNotApply('there are no directory buckets', [
    { id: 'S3.25', title: 'S3 directory buckets should have lifecycle configurations' },
  ]),
  ...doesNotApply('there are no documents of Systems Manager', [
    { id: 'SSM.4', title: 'SSM documents should not be public' },
    { id: 'SSM.5', title: 'SSM documents should be tagged', elsewhere: true },
  ]),
  ...doesNotApply('there is no WAF Classic', [
    { id: 'WAF.1', title: 'AWS WAF Classic Global Web ACL logging should be enabled' },
    { id: 'WAF.2', title: 'AWS WAF Classic Regional rules should have at least one condition' },
    { id: 'WAF.3', title: 'AWS WAF Classic Regional rule groups should have at least one rule' },
    { id: 'WAF.4', title: 'AWS WAF Classic Regional web ACLs should have at least one rule or rule group' },
    { id: 'WAF.6', title: 'AWS WAF Classic global rules should have at least one condition' },
    { id: 'WAF.7', title: 'AWS WAF Classic global rule groups should have at least one rule' },
    { id: 'WAF.8', title: 'AWS WAF Classic global web ACLs should have at least one rule or rule group' },
  ]),
]
