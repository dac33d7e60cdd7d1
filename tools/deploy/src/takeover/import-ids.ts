/**
 * How a resource that AWS has, but no state, is taken over:
 *
 * - `named`: AWS knows it by what the configuration says. The text is Terraform's import id, with attributes of the
 *   configuration in braces; where it is not there, Terraform says so, and it is made.
 * - `tagged`: AWS made its id. It is found by its tag `TerraformAddress`, and the id is made of its ARN.
 * - `put`: making it again changes nothing, or it is nothing of its own at AWS.
 */
export type Takeover = Named | Tagged | Put

interface Named {
  readonly by: 'named'
  readonly id: string
  readonly lookup?: Lookup
}

interface Tagged {
  readonly by: 'tagged'
  /** @returns undefined for the ARN of something else: tags of a service are also those of its tasks */
  readonly id: (arn: string) => string | undefined
  readonly lookup?: Lookup
}

interface Put {
  readonly by: 'put'
}

/** A data source that knows the import id, where neither the configuration nor the ARN tells it. */
export interface Lookup {
  readonly type: string
  /** Its arguments, made of the id as it is known so far. */
  readonly block: (known: string) => object
  /** The import id, made of that id and the data source's address. */
  readonly importId: (known: string, source: string) => string
}

const named = (id: string, lookup?: Lookup): Named => ({ by: 'named', id, ...(lookup && { lookup }) })
const tagged = (arns: RegExp, id = '$1', lookup?: Lookup): Tagged => ({
  by: 'tagged',
  id: (arn) => (arns.test(arn) ? arn.replace(new RegExp(`^.*?${arns.source}`), id) : undefined),
  ...(lookup && { lookup }),
})
const put: Put = { by: 'put' }

/** A queue's import id is its URL. */
const QUEUE_URL: Lookup = {
  type: 'aws_sqs_queue',
  block: (name) => ({ name }),
  importId: (_, source) => `\${${source}.url}`,
}

/** A version's id is AWS's; the label is one that nothing moves (infra/src/cache/token.ts). */
const FIRST_VERSION: Lookup = {
  type: 'aws_secretsmanager_secret_versions',
  block: (secret) => ({ secret_id: secret }),
  importId: (secret, source) =>
    `${secret}|\${one([for v in ${source}.versions : v.version_id if contains(v.version_stages, "CARTWRIGHT_FIRST")])}`,
}

/** Where there is no association, the provider's complaint does not say of which resource. */
const ROUTE_TABLE: Lookup = {
  type: 'aws_route_tables',
  block: (subnet) => ({ filter: [{ name: 'association.subnet-id', values: [subnet] }] }),
  importId: (subnet, source) => `${subnet}/\${one(${source}.ids)}`,
}

/**
 * Every type of resource in the stacks; a test holds that none is missing. The ids stand in each resource's page of the
 * provider's documentation, under "Import".
 */
export const TAKEOVERS: Readonly<Record<string, Takeover>> = {
  aws_acm_certificate: tagged(/(.*:certificate\/.*)/),
  aws_acm_certificate_validation: put,
  aws_appautoscaling_policy: put,
  aws_appautoscaling_target: put,
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's expression.
  aws_budgets_budget: named('${data.aws_caller_identity.takeover.account_id}:{name}'),
  aws_cloudwatch_composite_alarm: put,
  aws_cloudwatch_dashboard: put,
  aws_cloudwatch_event_archive: named('{name}'),
  aws_cloudwatch_event_bus: named('{name}'),
  aws_cloudwatch_event_rule: put,
  aws_cloudwatch_event_target: put,
  aws_cloudwatch_log_group: named('{name}'),
  aws_cloudwatch_log_resource_policy: put,
  aws_cloudwatch_metric_alarm: put,
  aws_codebuild_project: named('{name}'),
  aws_codepipeline: named('{name}'),
  aws_codestarconnections_connection: tagged(/(.*:connection\/.*)/),
  aws_codestarnotifications_notification_rule: tagged(/(.*:notificationrule\/.*)/),
  aws_default_security_group: put,
  aws_dynamodb_table: named('{name}'),
  aws_ecr_lifecycle_policy: put,
  aws_ecr_repository: named('{name}'),
  aws_ecr_repository_policy: put,
  aws_ecs_cluster: named('{name}'),
  aws_ecs_cluster_capacity_providers: put,
  // …:service/<cluster>/<service>
  aws_ecs_service: tagged(/:service\/(.+)$/),
  aws_ecs_task_definition: tagged(/(.*:task-definition\/.*)/),
  aws_eip: tagged(/:elastic-ip\/(.+)$/),
  aws_elasticache_parameter_group: named('{name}'),
  aws_elasticache_replication_group: named('{replication_group_id}'),
  aws_elasticache_subnet_group: named('{name}'),
  aws_flow_log: tagged(/:vpc-flow-log\/(.+)$/),
  aws_iam_role: named('{name}'),
  aws_iam_role_policy: put,
  aws_internet_gateway: tagged(/:internet-gateway\/(.+)$/),
  aws_kms_alias: named('{name}'),
  aws_kms_key: tagged(/:key\/(.+)$/),
  aws_lb: tagged(/(.*:loadbalancer\/app\/.*)/),
  aws_lb_listener: tagged(/(.*:listener\/app\/.*)/),
  aws_lb_listener_rule: tagged(/(.*:listener-rule\/app\/.*)/),
  aws_lb_target_group: tagged(/(.*:targetgroup\/.*)/),
  aws_nat_gateway: tagged(/:natgateway\/(.+)$/),
  aws_route: named('{route_table_id}_{destination_cidr_block}'),
  aws_route53_record: named('{zone_id}_{name}_{type}'),
  aws_route_table: tagged(/:route-table\/(.+)$/),
  aws_route_table_association: named('{subnet_id}', ROUTE_TABLE),
  aws_s3_bucket: named('{bucket}'),
  aws_s3_bucket_lifecycle_configuration: put,
  aws_s3_bucket_ownership_controls: put,
  aws_s3_bucket_policy: put,
  aws_s3_bucket_public_access_block: put,
  aws_s3_bucket_server_side_encryption_configuration: put,
  aws_secretsmanager_secret: tagged(/(.*:secret:.*)/),
  aws_secretsmanager_secret_version: named('{secret_id}', FIRST_VERSION),
  aws_security_group: tagged(/:security-group\/(.+)$/),
  aws_sns_topic: tagged(/(.*:sns:.*)/),
  aws_sns_topic_policy: put,
  aws_sns_topic_subscription: put,
  aws_sqs_queue: tagged(/:sqs:.*:(.+)$/, '$1', QUEUE_URL),
  aws_sqs_queue_policy: put,
  aws_sqs_queue_redrive_allow_policy: put,
  aws_ssm_parameter: named('{name}'),
  aws_subnet: tagged(/:subnet\/(.+)$/),
  aws_vpc: tagged(/:vpc\/(.+)$/),
  aws_vpc_endpoint: tagged(/:vpc-endpoint\/(.+)$/),
  aws_vpc_security_group_egress_rule: tagged(/:security-group-rule\/(.+)$/),
  aws_vpc_security_group_ingress_rule: tagged(/:security-group-rule\/(.+)$/),
  aws_wafv2_web_acl: tagged(/:regional\/webacl\/(.+)\/(.+)$/, '$2/$1/REGIONAL'),
  aws_wafv2_web_acl_association: put,
  aws_wafv2_web_acl_logging_configuration: put,
  terraform_data: put,
}
