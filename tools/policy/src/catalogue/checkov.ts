import { doesNotApply, type PublicRule } from './public-rule.ts'

/**
 * The rules of checkov 3.3.13 whose subject is a type of resource that the stacks hold, or that look at one beside theirs
 * (https://github.com/bridgecrewio/checkov, checkov/terraform/checks). They were compared by their code, not by their titles:
 * some say more than they look at.
 */
export const CHECKOV: readonly PublicRule[] = [
  { id: 'CKV_AWS_2', title: 'Ensure ALB protocol is HTTPS', checkedBy: ['listener-by-tls'] },
  {
    id: 'CKV_AWS_7',
    title: 'Ensure rotation for customer created CMKs is enabled',
    checkedBy: ['key-rotates'],
  },
  {
    id: 'CKV_AWS_18',
    title: 'Ensure the S3 bucket has access logging enabled',
    checkedBy: ['bucket-access-logged'],
  },
  {
    id: 'CKV_AWS_19',
    title: 'Ensure all data stored in the S3 bucket is securely encrypted at rest',
    checkedBy: ['bucket-encrypted'],
    note: 'a bucket has to say it, though S3 encrypts by itself',
  },
  {
    id: 'CKV_AWS_20',
    title: 'S3 Bucket has an ACL defined which allows public READ access.',
    checkedBy: ['bucket-without-access-lists', 'bucket-refuses-public-acls'],
    note: 'no access list at all',
  },
  {
    id: 'CKV_AWS_21',
    title: 'Ensure all data stored in the S3 bucket have versioning enabled',
    checkedBy: ['bucket-versioned'],
  },
  {
    id: 'CKV_AWS_23',
    title: 'Ensure every security group and rule has a description',
    checkedBy: ['group-described', 'group-without-inline-rules'],
  },
  {
    id: 'CKV_AWS_24',
    title: 'Ensure no security groups allow ingress from 0.0.0.0:0 to port 22',
    checkedBy: ['ingress-ssh-closed', 'group-without-inline-rules'],
  },
  {
    id: 'CKV_AWS_25',
    title: 'Ensure no security groups allow ingress from 0.0.0.0:0 to port 3389',
    checkedBy: ['ingress-rdp-closed', 'group-without-inline-rules'],
  },
  {
    id: 'CKV_AWS_26',
    title: 'Ensure all data stored in the SNS topic is encrypted',
    checkedBy: ['topic-encrypted'],
    note: 'with a key of this stack',
  },
  {
    id: 'CKV_AWS_27',
    title: 'Ensure all data stored in the SQS queue is encrypted',
    checkedBy: ['queue-encrypted'],
  },
  {
    id: 'CKV_AWS_28',
    title: 'Ensure DynamoDB point in time recovery (backup) is enabled',
    checkedBy: ['table-restorable-to-a-moment'],
  },
  {
    id: 'CKV_AWS_29',
    title: 'Ensure all data stored in the ElastiCache Replication Group is securely encrypted at rest',
    checkedBy: ['redis-encrypted-at-rest'],
  },
  {
    id: 'CKV_AWS_30',
    title: 'Ensure all data stored in the ElastiCache Replication Group is securely encrypted at transit',
    checkedBy: ['redis-by-tls-only'],
    note: 'also refuses whoever comes without TLS',
  },
  {
    id: 'CKV_AWS_31',
    title:
      'Ensure all data stored in the ElastiCache Replication Group is securely encrypted at transit and has auth token',
    checkedBy: ['redis-by-tls-only', 'redis-asks-for-a-token'],
  },
  {
    id: 'CKV_AWS_33',
    title: 'Ensure KMS key policy does not contain wildcard (*) principal',
    checkedBy: ['resource-policy-closed'],
    note: 'only conditions count that name an account, organisation or resource',
  },
  {
    id: 'CKV_AWS_41',
    title: 'Ensure no hard coded AWS access key and secret key exists in provider',
    checkedBy: ['provider-without-credentials'],
    note: 'any value, not only what looks like a key',
  },
  { id: 'CKV_AWS_51', title: 'Ensure ECR Image Tags are immutable', checkedBy: ['image-tags-immutable'] },
  {
    id: 'CKV_AWS_53',
    title: 'Ensure S3 bucket has block public ACLS enabled',
    checkedBy: ['bucket-refuses-public-acls'],
  },
  {
    id: 'CKV_AWS_54',
    title: 'Ensure S3 bucket has block public policy enabled',
    checkedBy: ['bucket-refuses-public-policies'],
  },
  {
    id: 'CKV_AWS_55',
    title: 'Ensure S3 bucket has ignore public ACLs enabled',
    checkedBy: ['bucket-ignores-public-acls'],
  },
  {
    id: 'CKV_AWS_56',
    title: "Ensure S3 bucket has 'restrict_public_buckets' enabled",
    checkedBy: ['bucket-restricts-public-policies'],
  },
  {
    id: 'CKV_AWS_57',
    title: 'S3 Bucket has an ACL defined which allows public WRITE access.',
    checkedBy: ['bucket-without-access-lists', 'bucket-refuses-public-acls'],
    note: 'no access list at all',
  },
  {
    id: 'CKV_AWS_60',
    title: 'Ensure IAM role allows only specific services or principals to assume it',
    checkedBy: ['role-taken-by-one-service'],
    note: 'only one service of AWS takes a role, for this account',
  },
  {
    id: 'CKV_AWS_61',
    title: 'Ensure AWS IAM policy does not allow assume role permission across all services',
    checkedBy: ['role-taken-by-one-service'],
    note: 'only one service of AWS takes a role, for this account',
  },
  {
    id: 'CKV_AWS_62',
    title: 'Ensure IAM policies that allow full "*-*" administrative privileges are not created',
    checkedBy: ['identity-not-administrator'],
  },
  {
    id: 'CKV_AWS_63',
    title: 'Ensure no IAM policies documents allow "*" as a statement\'s actions',
    checkedBy: ['identity-actions-named'],
    note: 'no `*` anywhere in an action',
  },
  {
    id: 'CKV_AWS_65',
    title: 'Ensure container insights are enabled on ECS cluster',
    checkedBy: ['cluster-measured'],
  },
  {
    id: 'CKV_AWS_66',
    title: 'Ensure that CloudWatch Log Group specifies retention days',
    checkedBy: ['log-ends'],
    note: 'not for ever either',
  },
  {
    id: 'CKV_AWS_70',
    title: 'Ensure S3 bucket does not allow an action with any Principal',
    checkedBy: ['bucket-policy-closed'],
    note: 'no condition helps',
  },
  {
    id: 'CKV_AWS_72',
    title: 'Ensure SQS policy does not allow ALL (*) actions.',
    checkedBy: ['resource-policy-actions-named'],
    note: 'every statement, and `sqs:*` as well',
  },
  {
    id: 'CKV_AWS_78',
    title: 'Ensure that CodeBuild Project encryption is not disabled',
    checkedBy: ['build-artifacts-encrypted'],
  },
  {
    id: 'CKV_AWS_91',
    title: 'Ensure the ELBv2 (Application/Network) has access logging enabled',
    checkedBy: ['balancer-access-logged'],
  },
  {
    id: 'CKV_AWS_93',
    title:
      'Ensure S3 bucket policy does not lockout all but root user. (Prevent lockouts needing root account fixes)',
    checkedBy: ['bucket-policy-locks-nobody-out'],
  },
  {
    id: 'CKV_AWS_97',
    title: 'Ensure Encryption in transit is enabled for EFS volumes in ECS Task definitions',
    checkedBy: ['task-volumes-encrypted'],
  },
  {
    id: 'CKV_AWS_103',
    title: 'Ensure that load balancer is using at least TLS 1.2',
    checkedBy: ['listener-with-modern-tls', 'listener-by-tls'],
    note: 'checkov also takes policies that let TLS 1.0 in',
  },
  {
    id: 'CKV_AWS_119',
    title: 'Ensure DynamoDB Tables are encrypted using a KMS Customer Managed CMK',
    checkedBy: ['table-encrypted-with-own-key'],
  },
  {
    id: 'CKV_AWS_130',
    title: 'Ensure VPC subnets do not assign public IP by default',
    checkedBy: ['subnet-gives-no-public-addresses'],
  },
  {
    id: 'CKV_AWS_131',
    title: 'Ensure that ALB drops HTTP headers',
    checkedBy: ['balancer-drops-invalid-headers'],
  },
  {
    id: 'CKV_AWS_136',
    title: 'Ensure that ECR repositories are encrypted using KMS',
    checkedBy: ['images-encrypted-with-own-key'],
    note: 'with a key of this stack',
  },
  {
    id: 'CKV_AWS_143',
    title: 'Ensure that S3 bucket has lock configuration enabled by default',
    checkedBy: ['bucket-objects-locked'],
    note: 'also where a bucket says nothing of it',
  },
  {
    id: 'CKV_AWS_144',
    title: 'Ensure that S3 bucket has cross-region replication enabled',
    checkedBy: ['bucket-replicated'],
  },
  {
    id: 'CKV_AWS_145',
    title: 'Ensure that S3 buckets are encrypted with KMS by default',
    checkedBy: ['bucket-encrypted-with-own-key'],
    note: 'with a key of this stack',
  },
  {
    id: 'CKV_AWS_147',
    title: 'Ensure that CodeBuild projects are encrypted using CMK',
    checkedBy: ['build-encrypted-with-own-key'],
  },
  {
    id: 'CKV_AWS_149',
    title: 'Ensure that Secrets Manager secret is encrypted using KMS CMK',
    checkedBy: ['secret-encrypted-with-own-key'],
  },
  {
    id: 'CKV_AWS_150',
    title: 'Ensure that Load Balancer has deletion protection enabled',
    checkedBy: ['balancer-deletion-protected'],
  },
  {
    id: 'CKV_AWS_158',
    title: 'Ensure that CloudWatch Log Group is encrypted by KMS',
    checkedBy: ['log-encrypted-with-own-key'],
  },
  { id: 'CKV_AWS_163', title: 'Ensure ECR image scanning on push is enabled', checkedBy: ['images-scanned'] },
  {
    id: 'CKV_AWS_168',
    title:
      'Ensure SQS queue policy is not public by only allowing specific services or principals to access it',
    checkedBy: ['resource-policy-closed'],
    note: 'only conditions count that name an account, organisation or resource',
  },
  {
    id: 'CKV_AWS_169',
    title:
      'Ensure SNS topic policy is not public by only allowing specific services or principals to access it',
    checkedBy: ['resource-policy-closed'],
    note: 'only conditions count that name an account, organisation or resource',
  },
  { id: 'CKV_AWS_175', title: 'Ensure WAF has associated rules', checkedBy: ['firewall-has-rules'] },
  {
    id: 'CKV_AWS_191',
    title: 'Ensure ElastiCache replication group is encrypted by KMS using a customer managed Key (CMK)',
    checkedBy: ['redis-encrypted-with-own-key'],
  },
  {
    id: 'CKV_AWS_192',
    title: 'Ensure WAF prevents message lookup in Log4j2. See CVE-2021-44228 aka log4jshell',
    checkedBy: ['firewall-knows-bad-inputs'],
    note: 'no rule of the group is overridden in any way',
  },
  {
    id: 'CKV_AWS_219',
    title: 'Ensure CodePipeline Artifact store is using a KMS CMK',
    checkedBy: ['pipeline-artifacts-encrypted-with-own-key'],
  },
  {
    id: 'CKV_AWS_223',
    title: 'Ensure ECS Cluster enables logging of ECS Exec',
    checkedBy: ['shells-logged'],
    note: 'also where a cluster says nothing of it',
  },
  {
    id: 'CKV_AWS_224',
    title: 'Ensure ECS Cluster logging is enabled and client to container communication uses CMK',
    checkedBy: ['shells-encrypted'],
  },
  { id: 'CKV_AWS_227', title: 'Ensure KMS key is enabled', checkedBy: ['key-stays-usable'] },
  {
    id: 'CKV_AWS_233',
    title: 'Ensure Create before destroy for ACM certificates',
    checkedBy: ['certificate-replaced-before-it-goes'],
  },
  {
    id: 'CKV_AWS_234',
    title: 'Verify logging preference for ACM certificates',
    checkedBy: ['certificate-transparent'],
  },
  {
    id: 'CKV_AWS_249',
    title: 'Ensure that the Execution Role ARN and the Task Role ARN are different in ECS Task definitions',
    checkedBy: ['task-has-roles'],
  },
  {
    id: 'CKV_AWS_260',
    title: 'Ensure no security groups allow ingress from 0.0.0.0:0 to port 80',
    checkedBy: ['ingress-from-world-only-to-the-load-balancer'],
    note: 'port 80 of a load balancer is let in, to send people on to HTTPS',
  },
  {
    id: 'CKV_AWS_261',
    title: 'Ensure HTTP HTTPS Target group defines Healthcheck',
    checkedBy: ['target-group-checks-health'],
  },
  {
    id: 'CKV_AWS_274',
    title: 'Disallow IAM roles, users, and groups from using the AWS AdministratorAccess policy',
    checkedBy: ['role-without-broad-managed-policies'],
  },
  {
    id: 'CKV_AWS_277',
    title: 'Ensure no security groups allow ingress from 0.0.0.0:0 to port -1',
    checkedBy: ['ingress-not-all-protocols', 'ingress-from-world-only-to-the-load-balancer'],
    note: 'wherever it comes from',
  },
  {
    id: 'CKV_AWS_286',
    title: 'Ensure IAM policies does not allow privilege escalation',
    checkedBy: [
      'identity-names-what-can-be-named',
      'identity-cannot-raise-itself',
      'identity-passes-roles-to-one-service',
    ],
    note: 'nothing at all is allowed on `*` that could be named, whatever it does',
  },
  {
    id: 'CKV_AWS_287',
    title: 'Ensure IAM policies does not allow credentials exposure',
    checkedBy: ['identity-names-what-can-be-named'],
    note: 'nothing at all is allowed on `*` that could be named, whatever it does',
  },
  {
    id: 'CKV_AWS_288',
    title: 'Ensure IAM policies does not allow data exfiltration',
    checkedBy: ['identity-names-what-can-be-named'],
    note: 'nothing at all is allowed on `*` that could be named, whatever it does',
  },
  {
    id: 'CKV_AWS_289',
    title:
      'Ensure IAM policies does not allow permissions management / resource exposure without constraints',
    checkedBy: ['identity-names-what-can-be-named'],
    note: 'nothing at all is allowed on `*` that could be named, whatever it does',
  },
  {
    id: 'CKV_AWS_290',
    title: 'Ensure IAM policies does not allow write access without constraints',
    checkedBy: ['identity-names-what-can-be-named'],
    note: 'nothing at all is allowed on `*` that could be named, whatever it does',
  },
  {
    id: 'CKV_AWS_300',
    title: 'Ensure S3 lifecycle configuration sets period for aborting failed uploads',
    checkedBy: ['bucket-cleans-up'],
  },
  {
    id: 'CKV_AWS_311',
    title: 'Ensure that CodeBuild S3 logs are encrypted',
    checkedBy: ['build-logs-encrypted'],
  },
  {
    id: 'CKV_AWS_314',
    title: 'Ensure CodeBuild project environments have a logging configuration',
    checkedBy: ['build-logged'],
    note: 'to CloudWatch',
  },
  {
    id: 'CKV_AWS_316',
    title: 'Ensure CodeBuild project environments do not have privileged mode enabled',
    checkedBy: ['build-not-privileged'],
  },
  {
    id: 'CKV_AWS_319',
    title: 'Ensure that CloudWatch alarm actions are enabled',
    checkedBy: ['alarm-actions-on'],
    note: 'composite alarms as well',
  },
  {
    id: 'CKV_AWS_328',
    title: 'Ensure that ALB is configured with defensive or strictest desync mitigation mode',
    checkedBy: ['balancer-not-desynchronised'],
  },
  {
    id: 'CKV_AWS_332',
    title: 'Ensure ECS Fargate services run on the latest Fargate platform version',
    checkedBy: ['service-on-current-platform'],
    note: '1.4.0 is the current one, and services of capacity providers are judged as well',
  },
  {
    id: 'CKV_AWS_333',
    title: 'Ensure ECS services do not have public IP addresses assigned to them automatically',
    checkedBy: ['task-without-public-address'],
  },
  {
    id: 'CKV_AWS_334',
    title: 'Ensure ECS containers should run as non-privileged',
    checkedBy: ['container-not-privileged'],
    note: 'looks at `privileged`; checkov at a key that ECS does not know',
  },
  {
    id: 'CKV_AWS_335',
    title: "Ensure ECS task definitions should not share the host's process namespace",
    checkedBy: ['task-on-fargate'],
    note: 'looks at `pid_mode` of the task, where ECS has it',
  },
  {
    id: 'CKV_AWS_336',
    title: 'Ensure ECS containers are limited to read-only access to root filesystems',
    checkedBy: ['container-root-read-only'],
  },
  {
    id: 'CKV_AWS_337',
    title: 'Ensure SSM parameters are using KMS CMK',
    checkedBy: ['parameter-encrypted-with-own-key'],
  },
  {
    id: 'CKV_AWS_338',
    title: 'Ensure CloudWatch log groups retains logs for at least 1 year',
    checkedBy: ['log-kept-a-year'],
    note: 'not for ever either',
  },
  { id: 'CKV_AWS_342', title: 'Ensure WAF rule has any actions', checkedBy: ['firewall-rules-act'] },
  {
    id: 'CKV_AWS_355',
    title: 'Ensure no IAM policies documents allow "*" as a statement\'s resource for restrictable actions',
    checkedBy: ['identity-names-what-can-be-named'],
    note: 'the actions without a resource that roles need here are listed; any other one is taken for one that has',
  },
  {
    id: 'CKV_AWS_378',
    title: "Ensure AWS Load Balancer doesn't use HTTP protocol",
    checkedBy: ['target-group-by-tls'],
    note: 'whatever listener is in front',
  },
  {
    id: 'CKV_AWS_379',
    title: 'Ensure AWS S3 bucket is configured with secure data transport policy',
    checkedBy: ['bucket-by-tls-only'],
    note: 'every bucket, not only public ones',
  },
  {
    id: 'CKV_AWS_382',
    title: 'Ensure no security groups allow egress from 0.0.0.0:0 to port -1',
    checkedBy: ['egress-not-all-protocols', 'group-without-inline-rules'],
    note: 'wherever it goes',
  },
  {
    id: 'CKV_AWS_385',
    title: 'Ensure AWS SNS topic policies do not allow cross-account access',
    checkedBy: ['resource-policy-of-this-account'],
    note: 'any condition counts',
  },
  {
    id: 'CKV_AWS_387',
    title: 'Ensure SQS policy does not allow public access through wildcards',
    checkedBy: ['resource-policy-closed'],
    note: 'only conditions count that name an account, organisation or resource',
  },
  {
    id: 'CKV_AWS_393',
    title:
      'Ensure AWS GitHub Actions OIDC authorization policies only allow safe claims and claim order on IAM role',
    checkedBy: ['role-taken-by-one-service'],
    note: 'only one service of AWS takes a role, for this account',
  },
  {
    id: 'CKV2_AWS_5',
    title: 'Ensure that Security Groups are attached to another resource',
    checkedBy: ['group-used'],
    note: 'by the kinds of resources that are here',
  },
  {
    id: 'CKV2_AWS_6',
    title: 'Ensure that S3 bucket has a Public Access block',
    checkedBy: ['bucket-refuses-public-acls', 'bucket-refuses-public-policies'],
  },
  {
    id: 'CKV2_AWS_11',
    title: 'Ensure VPC flow logging is enabled in all VPCs',
    checkedBy: ['flows-logged'],
    note: 'also that nothing refused is left out',
  },
  {
    id: 'CKV2_AWS_12',
    title: 'Ensure the default security group of every VPC restricts all traffic',
    checkedBy: ['default-group-empty'],
  },
  {
    id: 'CKV2_AWS_16',
    title: 'Ensure that Auto Scaling is enabled on your DynamoDB tables',
    checkedBy: ['table-capacity-follows'],
    note: 'in both directions',
  },
  {
    id: 'CKV2_AWS_19',
    title: 'Ensure that all EIP addresses allocated to a VPC are attached to EC2 instances',
    checkedBy: ['address-used'],
    note: 'by a NAT gateway',
  },
  {
    id: 'CKV2_AWS_20',
    title: 'Ensure that ALB redirects HTTP requests into HTTPS ones',
    checkedBy: ['listener-by-tls'],
    note: 'said of the listener, on whatever port it is',
  },
  {
    id: 'CKV2_AWS_23',
    title: 'Route53 A Record has Attached Resource',
    checkedBy: ['record-leads-somewhere'],
  },
  {
    id: 'CKV2_AWS_28',
    title: 'Ensure public facing ALB are protected by WAF',
    checkedBy: ['balancer-behind-firewall'],
  },
  { id: 'CKV2_AWS_31', title: 'Ensure WAF2 has a Logging Configuration', checkedBy: ['firewall-logs'] },
  { id: 'CKV2_AWS_34', title: 'AWS SSM Parameter should be Encrypted', checkedBy: ['parameter-encrypted'] },
  {
    id: 'CKV2_AWS_35',
    title: 'AWS NAT Gateways should be utilized for the default route',
    checkedBy: ['route-to-no-instance'],
    note: 'wherever the route goes',
  },
  {
    id: 'CKV2_AWS_40',
    title: 'Ensure AWS IAM policy does not allow full IAM privileges',
    checkedBy: ['identity-actions-named', 'identity-cannot-raise-itself'],
    note: 'no `*` anywhere in an action',
  },
  {
    id: 'CKV2_AWS_44',
    title: 'Ensure AWS route table with VPC peering does not contain routes overly permissive to all traffic',
    checkedBy: ['no-peering-route-to-everything'],
  },
  {
    id: 'CKV2_AWS_50',
    title: 'Ensure AWS ElastiCache Redis cluster with Multi-AZ Automatic Failover feature set to enabled',
    checkedBy: ['redis-survives-a-node'],
    note: 'also with another node, in another zone',
  },
  {
    id: 'CKV2_AWS_56',
    title: 'Ensure AWS Managed IAMFullAccess IAM policy is not used.',
    checkedBy: ['role-without-broad-managed-policies'],
  },
  {
    id: 'CKV2_AWS_57',
    title: 'Ensure Secrets Manager secrets should have automatic rotation enabled',
    checkedBy: ['secret-rotates'],
  },
  {
    id: 'CKV2_AWS_61',
    title: 'Ensure that an S3 bucket has a lifecycle configuration',
    checkedBy: ['bucket-cleans-up'],
    note: 'also that something is ever deleted',
  },
  {
    id: 'CKV2_AWS_62',
    title: 'Ensure S3 buckets should have event notifications enabled',
    checkedBy: ['bucket-tells-its-events'],
  },
  { id: 'CKV2_AWS_64', title: 'Ensure KMS key Policy is defined', checkedBy: ['key-has-a-policy'] },
  {
    id: 'CKV2_AWS_65',
    title: 'Ensure access control lists for S3 buckets are disabled',
    checkedBy: ['bucket-without-access-lists'],
  },
  {
    id: 'CKV2_AWS_71',
    title: 'Ensure AWS ACM Certificate domain name does not include wildcards',
    checkedBy: ['certificate-without-wildcard'],
  },
  {
    id: 'CKV2_AWS_73',
    title: 'Ensure AWS SQS uses CMK not AWS default keys for encryption',
    checkedBy: ['queue-encrypted', 'queue-encrypted-with-own-key'],
  },
  {
    id: 'CKV2_AWS_74',
    title: 'Ensure AWS Load Balancers use strong ciphers',
    checkedBy: ['listener-with-modern-tls'],
  },
  {
    id: 'CKV2_AWS_76',
    title: 'Ensure AWS ALB attached WAFv2 WebACL is configured with AMR for Log4j Vulnerability',
    checkedBy: [
      'firewall-knows-bad-inputs',
      'firewall-knows-anonymous-addresses',
      'balancer-behind-firewall',
    ],
    note: 'also where a load balancer has no firewall',
  },
  ...doesNotApply('load balancers here are those of applications, which serve every zone anyway', [
    {
      id: 'CKV_AWS_152',
      title: 'Ensure that Load Balancer (Network/Gateway) has cross-zone load balancing enabled',
    },
  ]),
  ...doesNotApply('there are no network ACLs but the default one', [
    { id: 'CKV2_AWS_1', title: 'Ensure that all NACL are attached to subnets' },
  ]),
  ...doesNotApply('there is no aws_emr_cluster', [
    { id: 'CKV2_AWS_7', title: "Ensure that Amazon EMR clusters' security groups are not open to the world" },
  ]),
  ...doesNotApply('there is no aws_cloudtrail', [
    { id: 'CKV2_AWS_10', title: 'Ensure CloudTrail trails are integrated with CloudWatch Logs' },
  ]),
  ...doesNotApply('there is no aws_autoscaling_attachment', [
    {
      id: 'CKV2_AWS_15',
      title:
        'Ensure that auto Scaling groups that are associated with a load balancer are using Elastic Load Balancing health checks.',
    },
  ]),
  ...doesNotApply('there is no aws_api_gateway_stage', [
    { id: 'CKV2_AWS_29', title: 'Ensure public API gateway are protected by WAF' },
  ]),
  ...doesNotApply('there is no aws_appsync_graphql_api', [
    { id: 'CKV2_AWS_33', title: 'Ensure AppSync is protected by WAF' },
    {
      id: 'CKV2_AWS_78',
      title: 'Ensure AWS AppSync attached WAFv2 WebACL is configured with AMR for Log4j Vulnerability',
    },
  ]),
  ...doesNotApply('there is no data source `http`', [
    {
      id: 'CKV2_AWS_36',
      title: 'Ensure terraform is not sending SSM secrets to untrusted domains over HTTP',
    },
  ]),
  ...doesNotApply('there is no aws_cloudfront_distribution', [
    {
      id: 'CKV2_AWS_46',
      title: 'Ensure AWS CloudFront Distribution with S3 have Origin Access set to enabled',
    },
    {
      id: 'CKV2_AWS_47',
      title: 'Ensure AWS CloudFront attached WAFv2 WebACL is configured with AMR for Log4j Vulnerability',
    },
  ]),
  ...doesNotApply('there is no aws_sagemaker_notebook_instance', [
    { id: 'CKV2_AWS_68', title: 'Ensure SageMaker notebook instance IAM policy is not overly permissive' },
  ]),
  ...doesNotApply('there is no aws_apigatewayv2_api or aws_api_gateway_stage', [
    {
      id: 'CKV2_AWS_77',
      title:
        'Ensure AWS API Gateway Rest API attached WAFv2 WebACL is configured with AMR for Log4j Vulnerability',
    },
  ]),
]
