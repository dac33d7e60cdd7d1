import {
  add,
  type Draft,
  type Found,
  inContainers,
  inStatements,
  remove,
  resourceAt,
  set,
} from '../test/drafts.ts'

/** The smallest change of the synthesised stacks that a rule must not let pass. */
export interface Broken {
  readonly stack: string
  /** What is wrong afterwards, in words. */
  readonly what: string
  /** The path of the resource that the rule must find. */
  readonly at: string
  readonly change: (json: Draft) => void
}

interface Where {
  /** @default prod */
  readonly stack?: string
  /** @default the resource that is changed */
  readonly found?: string
}

/** For each rule, by its id: what it has to find. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  // Identities.
  'policy-readable': value('service/task-role/policy', {
    policy: `\${data.aws_iam_policy_document.administrator.json}`,
  }),
  'role-without-inline-policies': value('service/task-role/role', {
    inline_policy: [{ name: 'more', policy: '{"Statement":[]}' }],
  }),
  'identity-actions-named': statement('service/task-role/policy', 'ReadTable', { Action: ['dynamodb:*'] }),
  'identity-resources-named': statement('service/task-role/policy', 'ReadTable', { Resource: ['*'] }),
  'policy-without-negations': statement('service/task-role/policy', 'ReadTable', {
    NotAction: ['dynamodb:DeleteTable'],
  }),
  'identity-not-administrator': statement('service/task-role/policy', 'ReadTable', {
    Action: '*',
    Resource: '*',
  }),
  'identity-passes-roles-to-one-service': statement('delivery/pipeline/role/policy', 'PassTaskRoles', {
    Condition: undefined,
  }),
  'identity-cannot-raise-itself': statement('delivery/smoke/project/role/policy', 'WriteRelease', {
    Action: ['iam:PutRolePolicy'],
  }),
  'identity-cannot-open-keys': statement('service/task-role/policy', 'UseTableKey', { Resource: ['*'] }),
  'role-taken-by-one-service': statement('service/task-role/role', 'Take', {
    Principal: { AWS: 'arn:aws:iam::123456789012:root' },
  }),
  'role-fits-its-user': block('service/task', "the flow log's role to work with", ({ block: task }, json) => {
    task['task_role_arn'] = `\${${addressAt(json, 'network/flow-role/role')}.arn}`
  }),
  'resource-policy-closed': statement('events/orders/policy', 'Events', {
    Principal: '*',
    Condition: undefined,
  }),
  'resource-policy-actions-named': statement('events/orders/policy', 'Events', { Action: ['sqs:*'] }),
  'identity-names-what-can-be-named': statement('service/task-role/policy', 'SendTraces', {
    Action: ['xray:PutTraceSegments', 's3:GetObject'],
  }),
  'role-without-broad-managed-policies': value('service/task-role/role', {
    managed_policy_arns: ['arn:aws:iam::aws:policy/AdministratorAccess'],
  }),
  'resource-policy-of-this-account': statement('events/orders/policy', 'Events', {
    Principal: { AWS: 'arn:aws:iam::210987654321:root' },
    Condition: undefined,
  }),
  'resource-policy-services-bound': statement('observability/topic/policy', 'Notifications', {
    Condition: undefined,
  }),

  // Rights that are needed.
  'task-may-use-what-it-is-given': statement(
    'service/task-role/policy',
    'PublishEvents',
    { Effect: 'Deny' },
    { found: 'service/task' },
  ),
  'task-image-may-be-pulled': statement(
    'service/execution-role/policy',
    'PullImages',
    { Action: ['ecr:BatchGetImage'] },
    { found: 'service/task' },
  ),
  'task-may-send-its-traces': statement(
    'service/task-role/policy',
    'SendTraces',
    { Action: ['xray:GetSamplingRules'] },
    { found: 'service/task' },
  ),
  'shells-may-be-opened': statement(
    'service/task-role/policy',
    'OpenShell',
    { Effect: 'Deny' },
    { stack: 'staging', found: 'service/service' },
  ),
  'flows-find-their-log': statement(
    'network/flow-role/policy',
    'FindGroup',
    { Effect: 'Deny' },
    { found: 'network/flows' },
  ),
  'shells-log-may-be-written': statement(
    'service/task-role/policy',
    'WriteShellLog',
    { Action: ['logs:CreateLogStream'] },
    { stack: 'staging', found: 'service/cluster/cluster' },
  ),
  'pipeline-may-do-its-actions': statement(
    'delivery/pipeline/role/policy',
    'PassTaskRoles',
    { Action: ['iam:GetRole'] },
    { found: 'delivery/pipeline/pipeline' },
  ),
  'build-may-do-what-it-runs': statement(
    'delivery/smoke/project/role/policy',
    'WriteRelease',
    { Action: ['ssm:GetParameter'] },
    { found: 'delivery/smoke/project/project' },
  ),
  'build-may-use-its-artifacts': statement(
    'delivery/smoke/project/role/policy',
    'ReadArtifacts',
    { Effect: 'Deny' },
    { found: 'delivery/smoke/project/project' },
  ),
  'target-may-start-its-build': statement(
    'delivery/undo/events-role/policy',
    'Start',
    { Action: ['codebuild:StopBuild'] },
    { found: 'delivery/undo/target' },
  ),
  'identity-uses-keys-through-a-service': statement('service/task-role/policy', 'UseTableKey', {
    Condition: undefined,
  }),
  'identity-tags-what-it-makes': statement('delivery/pipeline/role/policy', 'TagRevisions', {
    Condition: undefined,
  }),
  'key-services-only-use-it': statement('key/key', 'Logs', { Action: ['kms:*'] }),
  'key-stays-the-accounts': statement('key/key', 'Account', { Effect: 'Deny' }),

  // Network.
  'egress-not-all-protocols': value('service/group/to-https', { ip_protocol: '-1' }),
  'endpoints-for-images': gone('network/endpoint-ecr-dkr', 'network/vpc'),
  'endpoints-for-managing': added('aws_vpc', 'one without endpoints', () => ({})),
  'route-to-no-instance': value('network/public-out', { network_interface_id: 'eni-0123456789abcdef0' }),
  'ingress-from-world-only-to-the-load-balancer': value('service/group/from-load-balancer', {
    cidr_ipv4: '0.0.0.0/0',
  }),
  'ingress-ssh-closed': value('load-balancer/group/from-http', { from_port: 22 }),
  'ingress-rdp-closed': value('load-balancer/group/from-http', { from_port: 3389, to_port: 3389 }),
  'ingress-not-all-protocols': value('cache/group/from-api', { ip_protocol: '-1' }),
  'group-without-inline-rules': value('cache/group/group', {
    ingress: [{ from_port: 6379, to_port: 6379, protocol: 'tcp', cidr_blocks: ['10.0.0.0/8'] }],
  }),
  'group-described': value('cache/group/from-api', { description: undefined }),
  'group-used': value('cache/redis', { security_group_ids: [] }, { found: 'cache/group/group' }),
  'default-group-empty': value(
    'network/default-group',
    { ingress: [{ from_port: 0, to_port: 0, protocol: '-1', self: true }] },
    { found: 'network/vpc' },
  ),
  'flows-logged': gone('network/flows', 'network/vpc'),
  'subnet-gives-no-public-addresses': value('network/public-a', { map_public_ip_on_launch: true }),
  'task-without-public-address': value('service/service', { 'network_configuration.assign_public_ip': true }),
  'private-subnets-behind-nat': block(
    'network/application-out-a',
    'to the internet gateway',
    ({ block: route }, json) => {
      delete route['nat_gateway_id']
      route['gateway_id'] = `\${${addressAt(json, 'network/internet')}.id}`
    },
    { found: 'service/service' },
  ),
  'route-table-without-inline-routes': block(
    'network/data-routes',
    'a route to the internet gateway',
    ({ block: table }, json) => {
      table['route'] = [
        { cidr_block: '0.0.0.0/0', gateway_id: `\${${addressAt(json, 'network/internet')}.id}` },
      ]
    },
  ),
  'data-subnets-closed': added(
    'aws_route',
    'out of the data subnets',
    (json) => ({
      route_table_id: `\${${addressAt(json, 'network/data-routes')}.id}`,
      destination_cidr_block: '0.0.0.0/0',
      nat_gateway_id: `\${${addressAt(json, 'network/nat-a')}.id}`,
    }),
    { found: 'cache/subnets' },
  ),
  'tasks-reach-aws': gone('network/application-out-b', 'service/service'),
  'balancer-in-two-zones': block('load-balancer/balancer', 'in one subnet', ({ block: balancer }) => {
    balancer['subnets'] = list(balancer['subnets']).slice(0, 1)
  }),
  'balancer-reaches-tasks': value(
    'service/group/from-load-balancer',
    { from_port: 80, to_port: 80 },
    { found: 'service/service' },
  ),
  'tasks-reach-redis': gone('cache/group/out-api', 'cache/redis'),
  'tasks-reach-endpoints': gone('network/endpoints/from-tasks', 'network/endpoint-logs'),
  'endpoint-answers-by-the-usual-name': value('network/endpoint-logs', { private_dns_enabled: false }),
  'gateway-endpoints-for-s3-and-dynamodb': gone('network/s3-gateway', 'network/vpc'),
  'gateway-endpoint-bound': value('network/s3-gateway', { policy: undefined }),
  'address-used': gone('network/nat-c', 'network/nat-address-c'),
  'no-peering-route-to-everything': added('aws_route', 'to a peering, for everything', (json) => ({
    route_table_id: `\${${addressAt(json, 'network/data-routes')}.id}`,
    destination_cidr_block: '0.0.0.0/0',
    vpc_peering_connection_id: 'pcx-0123456789abcdef0',
  })),
  'names-resolved': value('network/vpc', { enable_dns_hostnames: false }),

  // Edge.
  'listener-by-tls': value('load-balancer/https', { protocol: 'HTTP' }),
  'listener-with-modern-tls': value('load-balancer/https', { ssl_policy: 'ELBSecurityPolicy-2016-08' }),
  'balancer-drops-invalid-headers': value('load-balancer/balancer', { drop_invalid_header_fields: false }),
  'balancer-not-desynchronised': value('load-balancer/balancer', { desync_mitigation_mode: 'monitor' }),
  'balancer-deletion-protected': value('load-balancer/balancer', { enable_deletion_protection: false }),
  'balancer-access-logged': value('load-balancer/balancer', { access_logs: undefined }),
  'balancer-behind-firewall': gone('load-balancer/firewall/association', 'load-balancer/balancer'),
  'target-group-checks-health': value('load-balancer/targets', { 'health_check.path': undefined }),
  'target-group-by-tls': added('aws_lb_target_group', 'one that speaks HTTP', () => ({ protocol: 'HTTP' })),
  'target-group-by-address': value('load-balancer/targets', { target_type: 'instance' }),
  'certificate-replaced-before-it-goes': value('load-balancer/domain/certificate', { lifecycle: undefined }),
  'certificate-renews-itself': value('load-balancer/domain/certificate', { validation_method: 'EMAIL' }),
  'certificate-key-long-enough': value('load-balancer/domain/certificate', { key_algorithm: 'RSA_1024' }),
  'certificate-transparent': value('load-balancer/domain/certificate', {
    'options.certificate_transparency_logging_preference': 'DISABLED',
  }),
  'firewall-has-rules': value('load-balancer/firewall/acl', { rule: [] }),
  'firewall-logs': gone('load-balancer/firewall/logging', 'load-balancer/firewall/acl'),
  'firewall-log-without-credentials': block(
    'load-balancer/firewall/logging',
    'one field less hidden',
    ({ block: logging }) => {
      logging['redacted_fields'] = list(logging['redacted_fields']).slice(1)
    },
  ),
  'firewall-keeps-no-samples': value('load-balancer/firewall/acl', {
    'rule.1.visibility_config.sampled_requests_enabled': true,
  }),
  'balancer-waits-for-the-internet': waitsNot('load-balancer/balancer', 'aws_route.'),
  'redirect-waits-for-its-target': waitsNot('load-balancer/http', 'aws_lb_listener.'),
  'balancer-may-write-its-log': statement(
    'load-balancer/access-log/bucket/policy',
    'LoadBalancer',
    { Action: ['s3:GetObject'] },
    { found: 'load-balancer/balancer' },
  ),
  'certificate-wait-ends': value('load-balancer/domain/validation', { 'timeouts.create': '75m' }),
  'certificate-name-short-enough': value('load-balancer/domain/certificate', {
    domain_name: `${'cart.'.repeat(11)}example.com`,
  }),
  'certificate-without-wildcard': value('load-balancer/domain/certificate', { domain_name: '*.example.com' }),
  'firewall-measured': value('load-balancer/firewall/acl', {
    'visibility_config.cloudwatch_metrics_enabled': false,
  }),
  'redirect-forwards-nothing': added(
    'aws_lb_listener_rule',
    'one that forwards what comes by HTTP',
    (json) => ({
      listener_arn: `\${${addressAt(json, 'load-balancer/http')}.arn}`,
      action: [{ type: 'forward' }],
    }),
    { found: 'load-balancer/http' },
  ),
  'target-group-checks-health-by-tls': added('aws_lb_target_group', 'one that is asked by HTTP', () => ({
    health_check: { protocol: 'HTTP' },
  })),
  'firewall-rules-act': value('load-balancer/firewall/acl', { 'rule.0.action': undefined }),
  'firewall-knows-anonymous-addresses': added('aws_wafv2_web_acl', 'one without a list', () => ({
    rule: [],
  })),
  'record-leads-somewhere': value('load-balancer/domain/record', { 'alias.name': 'old.example.com' }),
  'firewall-knows-bad-inputs': block(
    'load-balancer/firewall/acl',
    'known bad inputs are only counted',
    ({ block: acl }) => {
      for (const rule of list(acl['rule']) as Draft[])
        if (rule['name'] === 'AWSManagedRulesKnownBadInputsRuleSet') rule['override_action'] = { count: {} }
    },
  ),
  'firewall-limits-rates': withoutRule('rate'),

  // Tasks.
  'container-root-read-only': container('api', { readonlyRootFilesystem: false }),
  'container-not-privileged': container('api', { privileged: true }),
  'container-not-root': container('api', { user: 'root' }),
  'container-logs': container('api', { 'logConfiguration.options.mode': 'blocking' }),
  'container-checks-health': container('api', { healthCheck: undefined }),
  'container-drops-capabilities': container('api', { 'linuxParameters.capabilities.drop': [] }),
  'container-reaps': container('api', { 'linuxParameters.initProcessEnabled': undefined }),
  'container-image-fixed': container('traces', { image: 'public.ecr.aws/example/collector:latest' }),
  'container-shares-said': container('traces', { cpu: undefined }),
  'sidecar-restarts': container('traces', { 'restartPolicy.enabled': false }),
  'container-urls-reached': container('api', {
    environment: [{ name: 'JWT_JWKS_URL', value: 'https://login.example.com:8443/keys' }],
  }),
  'task-on-fargate': value('service/task', { network_mode: 'bridge' }),
  'task-on-linux': value('service/task', { runtime_platform: undefined }),
  'shells-encrypted': value(
    'service/cluster/cluster',
    { 'configuration.execute_command_configuration.kms_key_id': undefined },
    { stack: 'staging' },
  ),
  'task-has-roles': block('service/task', 'its execution role to work with', ({ block: task }) => {
    task['task_role_arn'] = task['execution_role_arn']
  }),
  'task-volumes-encrypted': value('service/task', {
    volume: [{ name: 'shared', efs_volume_configuration: { file_system_id: 'fs-0123456789abcdef0' } }],
  }),
  'service-on-current-platform': value('service/service', { platform_version: '1.3.0' }),
  'service-undoes-itself': value('service/service', { 'deployment_circuit_breaker.rollback': false }),
  'service-tells-a-rollback': value('service/service', { 'lifecycle.postcondition': undefined }),
  'service-without-gap': value('service/service', { deployment_minimum_healthy_percent: 50 }),
  'service-shells-off': value('service/service', { enable_execute_command: true }),
  'service-waits-for-its-listener': waitsNot('service/service', 'aws_lb_listener_rule.'),
  'service-waits-for-its-rights': waitsNot('service/service', 'aws_iam_role_policy.'),
  'service-port-is-the-containers': value('service/service', { 'load_balancer.container_port': 8081 }),
  'capacity-known-to-the-cluster': value(
    'service/cluster/capacity',
    { capacity_providers: ['FARGATE_SPOT'] },
    { found: 'service/service' },
  ),
  'shells-logged': value(
    'service/cluster/cluster',
    { 'configuration.execute_command_configuration.logging': undefined },
    { stack: 'staging' },
  ),

  // Storage.
  'bucket-refuses-public-acls': publicAccess('block_public_acls'),
  'bucket-refuses-public-policies': publicAccess('block_public_policy'),
  'bucket-ignores-public-acls': publicAccess('ignore_public_acls'),
  'bucket-restricts-public-policies': publicAccess('restrict_public_buckets'),
  'bucket-policy-closed': statement(
    'state/states/policy',
    'DenyPlainText',
    { Effect: 'Allow' },
    { stack: 'state-backend' },
  ),
  'bucket-without-access-lists': gone('state/states/ownership', 'state/states/bucket', 'state-backend'),
  'bucket-encrypted': gone('state/states/encryption', 'state/states/bucket', 'state-backend'),
  'bucket-encrypted-with-own-key': value(
    'delivery/artifacts/bucket/encryption',
    { 'rule.apply_server_side_encryption_by_default': { sse_algorithm: 'AES256' } },
    { found: 'delivery/artifacts/bucket/bucket' },
  ),
  'bucket-by-tls-only': gone('state/states/policy', 'state/states/bucket', 'state-backend'),
  'bucket-versioned': gone('state/states/versioning', 'state/states/bucket', 'state-backend'),
  'bucket-cleans-up': gone('state/states/lifecycle', 'state/states/bucket', 'state-backend'),
  'bucket-access-logged': addedBucket(),
  'bucket-replicated': addedBucket(),
  'bucket-tells-its-events': addedBucket(),
  'bucket-protected-from-destroy': value(
    'state/states/bucket',
    { force_destroy: true },
    { stack: 'state-backend' },
  ),
  'bucket-policy-locks-nobody-out': statement(
    'state/states/policy',
    'DenyPlainText',
    { Condition: undefined },
    { stack: 'state-backend' },
  ),
  'bucket-objects-locked': addedBucket(),
  'bucket-deletes-by-mfa': addedBucket(),
  'table-encrypted-with-own-key': value('table/table', { server_side_encryption: undefined }),
  'table-restorable-to-a-moment': value('table/table', { 'point_in_time_recovery.enabled': false }),
  'table-deletion-protected': value('table/table', { deletion_protection_enabled: false }),
  'table-capacity-follows': gone('table/write-units', 'table/table'),
  'table-rows-expire': value('table/table', { 'ttl.enabled': false }),
  'redis-encrypted-at-rest': value('cache/redis', { at_rest_encryption_enabled: 'false' }),
  'redis-encrypted-with-own-key': value('cache/redis', { kms_key_id: undefined }),
  'redis-by-tls-only': value('cache/redis', { transit_encryption_mode: 'preferred' }),
  'redis-asks-for-a-token': value('cache/redis', { auth_token: undefined }),
  'redis-survives-a-node': value('cache/redis', { automatic_failover_enabled: false }),
  'redis-backed-up': value('cache/redis', { snapshot_retention_limit: 0 }),
  'redis-patched': value('cache/redis', { auto_minor_version_upgrade: 'false' }),
  'redis-in-own-subnets': value('cache/redis', { subnet_group_name: 'default' }),
  'redis-never-evicts': value(
    'cache/parameters',
    { 'parameter.value': 'allkeys-lru' },
    { found: 'cache/redis' },
  ),
  'redis-parameters-replaceable': value('cache/parameters', { 'lifecycle.create_before_destroy': undefined }),
  'images-scanned': value('registry/images', { 'image_scanning_configuration.scan_on_push': false }),
  'image-tags-immutable': value('registry/images', { image_tag_mutability: 'MUTABLE' }),
  'images-expire': gone('registry/lifecycle', 'registry/images'),
  'images-encrypted-with-own-key': value('registry/images', { encryption_configuration: undefined }),
  'secret-encrypted-with-own-key': value('cache/token/secret', { kms_key_id: undefined }),
  'secret-rotates': added('aws_secretsmanager_secret', 'one that nothing rotates', () => ({ name: 'key' })),
  'key-rotates': value('key/key', { enable_key_rotation: false }),
  'key-has-a-policy': value('key/key', { policy: undefined }),
  'key-stays-usable': value('key/key', { is_enabled: false }),
  'carts-backed-up-by-plan': added('aws_dynamodb_table', 'one in no plan', () => ({ name: 'orders' })),

  // Messages.
  'queue-encrypted': value('events/undelivered/queue', { sqs_managed_sse_enabled: false }),
  'queue-encrypted-with-own-key': value('events/orders/queue', {
    kms_master_key_id: undefined,
    sqs_managed_sse_enabled: true,
  }),
  'bus-dead-letters-without-its-key': block(
    'events/undelivered/queue',
    'the key of the bus',
    ({ block: queue }, json) => {
      queue['kms_master_key_id'] = `\${${addressAt(json, 'key/key')}.arn}`
    },
    { found: 'events/bus' },
  ),
  'queue-has-dead-letters': value('events/orders/queue', { redrive_policy: undefined }),
  'queue-keeps-for-days': value('events/orders/queue', { message_retention_seconds: 345_600 }),
  'queue-by-tls-only': statement(
    'events/orders/policy',
    'DenyPlainText',
    { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
    { found: 'events/orders/queue' },
  ),
  'target-has-dead-letters': value('events/orders-target', { dead_letter_config: undefined }),
  'queue-admits-events': statement(
    'events/orders/policy',
    'Events',
    { Condition: { ArnEquals: { 'aws:SourceArn': ['arn:aws:events:eu-west-1:123456789012:rule/other'] } } },
    { found: 'events/orders-target' },
  ),
  'bus-has-dead-letters': value('events/bus', { dead_letter_config: undefined }),
  'bus-encrypted-with-own-key': value('events/bus', { kms_key_identifier: undefined }),
  'bus-has-a-policy': added('aws_cloudwatch_event_bus', 'one without a policy', () => ({ name: 'other' })),
  'rule-enabled': value('events/orders-rule', { state: 'DISABLED' }),
  'target-on-its-rules-bus': value('events/orders-target', { event_bus_name: undefined }),
  'topic-encrypted': value('observability/topic/topic', { kms_master_key_id: 'alias/aws/sns' }),
  'topic-admits-its-publishers': statement(
    'observability/topic/policy',
    'Alarms',
    { Effect: 'Deny' },
    { found: 'observability/topic/topic' },
  ),
  'topic-by-tls-only': statement(
    'observability/topic/policy',
    'DenyPlainText',
    { Effect: 'Allow' },
    { found: 'observability/topic/topic' },
  ),
  'topic-heard': gone('observability/topic/to-ops-example-com', 'observability/topic/topic'),
  'key-admits-its-services': statement('key/key', 'Events', { Action: ['kms:Decrypt'] }),
  'key-services-bound': statement('key/key', 'Alarms', { Condition: undefined }),

  // Secrets.
  'no-credentials-in-plain-text': value('observability/topic/to-ops-example-com', {
    endpoint: 'https://ops:correct-horse@example.com/alarms',
  }),
  'container-variables-hold-no-secret': container('api', {
    environment: [{ name: 'REDIS_PASSWORD', value: 'correct-horse' }],
  }),
  'state-holds-no-live-secret': value('cache/token/first', { secret_string: 'correct-horse' }),
  'state-reads-no-secret': {
    stack: 'state-backend',
    what: 'data aws_secretsmanager_secret_version more',
    at: 'state/locks',
    change: (json) => set(json, 'data.aws_secretsmanager_secret_version.token', { secret_id: 'token' }),
  },
  'output-holds-no-secret': {
    stack: 'state-backend',
    what: 'output token is a secret, said to be sensitive',
    at: 'state/locks',
    change: (json) =>
      set(json, 'output.token', {
        value: `\${data.aws_secretsmanager_secret_version.token.secret_string}`,
        sensitive: true,
      }),
  },
  'token-in-state-is-not-live': value('cache/redis', { lifecycle: undefined }),
  'provider-without-credentials': {
    stack: 'state-backend',
    what: 'provider access_key is a value',
    at: 'state/locks',
    change: (json) => set(json, 'provider.aws.access_key', 'AKIAIOSFODNN7EXAMPLE'),
  },
  'parameter-encrypted': added('aws_ssm_parameter', 'one in plain text', () => ({ type: 'String' })),
  'parameter-encrypted-with-own-key': added('aws_ssm_parameter', 'one without a key', () => ({
    type: 'SecureString',
  })),
  'parameter-is-no-secret': value('registry/release', { name: '/cartwright-prod/api_key' }),

  // Logs and alarms.
  'log-ends': value('service/log/group', { retention_in_days: undefined }),
  'log-kept-a-year': value('service/log/group', { retention_in_days: 30 }),
  'log-encrypted-with-own-key': value('service/log/group', { kms_key_id: undefined }),
  'log-written-by-name': container('api', { 'logConfiguration.options.awslogs-group': '/cartwright' }),
  'log-writer-may-write': statement(
    'service/execution-role/policy',
    'WriteLog',
    { Action: ['logs:PutLogEvents'] },
    { found: 'service/task' },
  ),
  'insights-log-declared': gone('service/cluster/insights-log/group', 'service/cluster/cluster'),
  'cluster-measured': value('service/cluster/cluster', { 'setting.value': 'disabled' }),
  'alarm-calls-somebody': value('observability/alarms/orders-dead', { alarm_actions: [] }),
  'alarm-explained': value('observability/alarms/orders-dead', { alarm_description: undefined }),
  'alarm-hears-few-requests': value('rollback/slowness', {
    evaluate_low_sample_count_percentiles: 'ignore',
  }),
  'alarm-actions-on': value('observability/alarms/orders-dead', { actions_enabled: false }),
  'alarm-of-something-there': value('observability/alarms/orders-dead', {
    'dimensions.QueueName': 'cartwright-prod-ordres-dead',
  }),
  'dead-letters-alarmed': gone('observability/alarms/orders-dead', 'events/orders-dead/queue'),
  'redis-logs': value('cache/redis', { 'log_delivery_configuration.log_type': 'engine-log' }),
  'budget-tells-somebody': value('observability/budget/budget', { notification: [] }),

  // Delivery.
  'build-source-without-credentials': value('delivery/smoke/project/project', {
    'source.location': 'https://ops:correct-horse@example.com/shop.git',
  }),
  'build-not-privileged': value('delivery/smoke/project/project', { 'environment.privileged_mode': true }),
  'build-encrypted-with-own-key': value('delivery/smoke/project/project', { encryption_key: undefined }),
  'build-artifacts-encrypted': value('delivery/smoke/project/project', {
    'artifacts.encryption_disabled': true,
  }),
  'build-logged': value('delivery/smoke/project/project', {
    'logs_config.cloudwatch_logs.status': 'DISABLED',
  }),
  'build-logs-encrypted': value('delivery/smoke/project/project', {
    'logs_config.s3_logs': { location: 'logs', encryption_disabled: true },
  }),
  'build-ends': value('delivery/smoke/project/project', { build_timeout: 480 }),
  'pipeline-artifacts-encrypted-with-own-key': value('delivery/pipeline/pipeline', {
    'artifact_store.encryption_key': undefined,
  }),
  'pipeline-waits-for-its-rights': waitsNot('delivery/pipeline/pipeline', 'aws_iam_role_policy.'),
  'connection-used-without-a-name': statement(
    'delivery/pipeline/role/policy',
    'UseConnection',
    { Condition: { StringEquals: { 'codeconnections:FullRepositoryId': 'example/shop' } } },
    { found: 'delivery/pipeline/pipeline' },
  ),
  'connection-of-one-repository': statement('delivery/pipeline/role/policy', 'UseConnection', {
    Condition: undefined,
  }),
  'build-may-exchange-revisions': statement(
    'delivery/undo/project/role/policy',
    'PassTaskRoles',
    { Effect: 'Deny' },
    { found: 'delivery/undo/project/project' },
  ),
  'pipeline-undoes-itself': block('delivery/pipeline/pipeline', 'no way back', ({ block: pipeline }) => {
    for (const stage of list(pipeline['stage']) as Draft[]) delete stage['on_failure']
  }),
  'pipeline-role-runs-its-projects': statement(
    'delivery/pipeline/role/policy',
    'RunSmoke',
    { Resource: ['arn:aws:codebuild:eu-west-1:123456789012:project/other'] },
    { found: 'delivery/pipeline/pipeline' },
  ),
  'everything-tagged': {
    stack: 'prod',
    what: 'provider default_tags is nothing',
    at: 'network/vpc',
    change: (json) => set(json, 'provider.aws.default_tags', undefined),
  },
  'service-tags-its-tasks': value('service/service', { propagate_tags: 'NONE' }),

  // What belongs together.
  'group-rule-of-one-port': value('cache/group/from-api', { to_port: 65_535 }),
  'ingress-by-group': value('cache/group/from-api', { cidr_ipv4: '10.0.0.0/8' }),
  'egress-to-addresses-by-https-only': value('service/group/to-https', { to_port: 8443 }),
  'tasks-may-leave-by-https': gone('service/group/to-https', 'service/service'),
  'balancer-takes-its-listeners': gone('load-balancer/group/from-https', 'load-balancer/https'),
  'subnet-routes-by-tier': gone('network/data-route-a', 'network/data-a'),
  'tiers-in-the-same-zones': gone('network/application-b', 'network/vpc'),
  'service-where-its-balancer-is': value('service/service', { 'network_configuration.subnets': [] }),
  'nat-of-its-own-zone': block(
    'network/application-out-b',
    'to NAT of another zone',
    ({ block: route }, json) => {
      route['nat_gateway_id'] = `\${${addressAt(json, 'network/nat-a')}.id}`
    },
    { found: 'network/application-b' },
  ),
  'gateway-endpoint-on-every-way-out': block(
    'network/s3-gateway',
    'one table of routes less',
    ({ block: endpoint }) => {
      endpoint['route_table_ids'] = list(endpoint['route_table_ids']).slice(1)
    },
  ),
  'gateway-endpoint-open-to-our-own': statement('network/dynamodb-gateway', 'OwnTables', {
    Condition: undefined,
  }),
  'address-waits-for-the-internet': waitsNot('network/nat-address-a', 'aws_internet_gateway.'),
  'inner-paths-closed': gone('load-balancer/inner-paths', 'load-balancer/targets'),
  'balancer-group-is-its-own': block(
    'network/endpoint-logs',
    'the group of the load balancer',
    ({ block: endpoint }, json) => {
      endpoint['security_group_ids'] = [`\${${addressAt(json, 'load-balancer/group/group')}.id}`]
    },
    { found: 'load-balancer/balancer' },
  ),
  'listener-has-a-certificate': value('load-balancer/https', { certificate_arn: undefined }),
  'certificate-proven': value('load-balancer/domain/validation', { validation_record_fqdns: [] }),
  'certificate-name-leads-here': gone('load-balancer/domain/record', 'load-balancer/domain/certificate'),
  'firewall-is-the-one': value('load-balancer/firewall/association', { web_acl_arn: undefined }),
  'firewall-blocks': value('load-balancer/firewall/acl', { 'rule.0.action': { count: {} } }),
  'firewall-knows-common-attacks': withoutRule('AWSManagedRulesCommonRuleSet'),
  'firewall-knows-bad-addresses': withoutRule('AWSManagedRulesAmazonIpReputationList'),
  'firewall-limits-bodies': withoutRule('body'),
  'container-variables-have-values': container('api', { 'environment.0.value': undefined }),
  'secret-has-a-first-value': gone('cache/token/first', 'cache/token/secret'),
  'service-heeds-its-alarms': value('service/service', { 'alarms.enable': false }),
  'service-waits-for-its-capacity': waitsNot('service/service', 'aws_ecs_cluster_capacity_providers.'),
  'log-has-one-writer': value(
    'network/flows',
    { log_destination: undefined },
    { found: 'network/flow-log/group' },
  ),
  'figures-watched': gone('observability/alarms/api-errors', 'load-balancer/targets'),
  'redis-nodes-watched-alike': gone('observability/alarms/redis-lag-2', 'cache/redis'),
  'table-operations-watched-alike': gone('observability/alarms/table-failed-Query', 'table/table'),
  'queue-watched': gone('observability/alarms/orders-waiting', 'events/orders-target'),
  'alarms-summed-up': gone('observability/alarms/customers', 'observability/topic/topic'),
  'alarm-refers-to-its-parts': value('observability/alarms/customers', {
    alarm_rule: 'ALARM("cartwright-prod-api-errors") OR ALARM("cartwright-prod-api-slow")',
  }),
  'money-watched': gone('observability/budget/budget', 'service/service'),
  'dead-letters-of-named-queues': gone('events/orders-dead/sources', 'events/orders/queue'),
  'target-not-its-own-dead-letters': block(
    'events/orders-target',
    'dead letters to the queue itself',
    ({ block: target }) => {
      target['dead_letter_config'] = { arn: target['arn'] }
    },
  ),
  'queue-has-a-source': gone('events/orders-target', 'events/orders/queue'),
  'log-target-let-in': statement(
    'events/log-policy',
    'WriteEvents',
    { Condition: undefined },
    { stack: 'dev', found: 'events/log-target' },
  ),
  'writer-waits-for-its-rights': waitsNot('network/flows', 'aws_iam_role_policy.'),
  'pipeline-waits-for-its-builds': waitsNot('delivery/pipeline/pipeline', 'aws_iam_role_policy.'),
  'pipeline-runs-each-build-once': block(
    'delivery/pipeline/pipeline',
    'smoke instead of a promotion',
    ({ block: pipeline }, json) => {
      const text = JSON.stringify(pipeline['stage'])
      const [from, to] = ['promotion', 'smoke'].map((name) =>
        addressAt(json, `delivery/${name}/project/project`),
      )
      pipeline['stage'] = JSON.parse(text.replaceAll(String(from), String(to)))
    },
  ),
  'pipeline-failure-heard': gone('delivery/undo/failed', 'delivery/pipeline/pipeline'),
  'pipeline-tells-somebody': gone('delivery/notifications/rule', 'delivery/pipeline/pipeline'),
  'bucket-policy-waits-for-its-block': waitsNot(
    'delivery/artifacts/bucket/policy',
    'aws_s3_bucket_public_access_block.',
  ),
  'destroy-refused-while-protected': value('load-balancer/balancer', { lifecycle: undefined }),
  'images-kept-while-protected': value('registry/images', { force_delete: true }),
  'secret-recoverable-while-protected': value('cache/token/secret', { recovery_window_in_days: 0 }),
  'redis-leaves-a-snapshot': value('cache/redis', { final_snapshot_identifier: undefined }),

  // Limits.
  'name-taken-by-aws': value('load-balancer/balancer', {
    name: 'cartwright-production-of-the-whole-of-europe',
  }),
  'policy-within-its-size': statement('events/orders/policy', 'Events', {
    Resource: [`arn:aws:sqs:eu-west-1:123456789012:${'x'.repeat(7000)}`],
  }),
  'role-policies-within-their-size': statement(
    'service/task-role/policy',
    'ReadTable',
    { Resource: [`arn:aws:dynamodb:eu-west-1:123456789012:table/${'x'.repeat(8000)}`] },
    { found: 'service/task-role/role' },
  ),
  'quota-kept-with-room': {
    stack: 'prod',
    what: 'two addresses more',
    at: 'network/nat-address-a',
    change: (json) => {
      for (const id of ['added', 'another']) add(json, 'aws_eip', { domain: 'vpc' }, id)
    },
  },
  'tags-within-their-number': value('network/vpc', {
    tags: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`Tag${index}`, 'one'])),
  }),
  'widgets-within-their-number': value('observability/dashboards/redis', {
    dashboard_body: JSON.stringify({ widgets: Array.from({ length: 401 }, () => ({ type: 'text' })) }),
  }),
  'deadlines-fit': value('events/orders/queue', { visibility_timeout_seconds: 10 }),
}

const LOG_CONTEXT = 'kms:EncryptionContext:aws:logs:arn'

/** What rules that look at several things have to find besides. */
export const BROKEN_TOO: readonly (readonly [string, Broken])[] = [
  ['policy-readable', value('service/task', { container_definitions: `\${local.containers}` })],
  ['policy-readable', value('key/key', { policy: '[]' })],
  [
    'resource-policy-closed',
    statement('events/orders/policy', 'Events', {
      Principal: '*',
      Condition: { StringEquals: { 'aws:ResourceAccount': '123456789012' } },
    }),
  ],
  [
    'resource-policy-closed',
    statement('events/orders/policy', 'Events', {
      Principal: '*',
      Condition: { StringNotEquals: { 'aws:SourceAccount': '210987654321' } },
    }),
  ],
  [
    'resource-policy-closed',
    statement('events/orders/policy', 'Events', {
      Principal: '*',
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/*' } },
    }),
  ],
  ['resource-policy-services-bound', moreEvents('events/orders/policy')],
  [
    'gateway-endpoint-open-to-our-own',
    statement('network/dynamodb-gateway', 'OwnTables', {
      Condition: { StringEquals: { 'aws:PrincipalAccount': '123456789012' } },
    }),
  ],
  ['log-writer-may-write', bare('service/execution-role/policy', 'WriteLog', ':*', 'service/task')],
  [
    'pipeline-may-do-its-actions',
    bare('delivery/pipeline/role/policy', 'WriteArtifacts', '/*', 'delivery/pipeline/pipeline'),
  ],
  [
    'build-may-use-its-artifacts',
    bare('delivery/smoke/project/role/policy', 'ReadArtifacts', '/*', 'delivery/smoke/project/project'),
  ],
  [
    'pipeline-may-do-its-actions',
    block(
      'delivery/pipeline/role/policy',
      'of a bucket only what is in it',
      (found) =>
        inStatements(found, (statements) => {
          const know = statements.find(({ Sid }) => Sid === 'KnowArtifacts')
          if (know !== undefined) know['Resource'] = `${[know['Resource']].flat().join()}/*`
        }),
      { found: 'delivery/pipeline/pipeline' },
    ),
  ],
  [
    'task-may-use-what-it-is-given',
    block(
      'service/task-role/policy',
      'denied besides',
      (found) =>
        inStatements(found, (statements) =>
          statements.push({ Sid: 'No', Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' }),
        ),
      { found: 'service/task' },
    ),
  ],
  [
    'key-services-only-use-it',
    statement('key/key', 'Events', {
      Principal: { AWS: 'arn:aws:iam::210987654321:root' },
      Action: ['kms:*'],
      Condition: { Bool: { 'aws:SecureTransport': 'true' } },
    }),
  ],
  [
    'key-stays-the-accounts',
    statement('key/key', 'Account', { Principal: { AWS: 'arn:aws:iam::210987654321:root' } }),
  ],
  [
    'key-admits-its-services',
    statement('key/key', 'Logs', { Principal: { Service: 'logs.us-east-1.amazonaws.com' } }),
  ],
  [
    'key-admits-its-services',
    statement('key/key', 'Logs', {
      Condition: { ArnLike: { [LOG_CONTEXT]: 'arn:aws:logs:us-east-1:123456789012:log-group:*' } },
    }),
  ],
  [
    'key-admits-its-services',
    statement('key/key', 'Logs', {
      Condition: { ArnLike: { [LOG_CONTEXT]: 'arn:aws:logs:eu-west-1:123456789012:log-group:/other/*' } },
    }),
  ],
  [
    'bucket-by-tls-only',
    block(
      'state/states/policy',
      'objects by HTTP',
      (found) =>
        inStatements(found, (statements) => {
          for (const one of statements)
            one['Resource'] = [one['Resource']].flat().filter((each) => !String(each).endsWith('/*'))
        }),
      { stack: 'state-backend', found: 'state/states/bucket' },
    ),
  ],
  [
    'service-port-is-the-containers',
    value('load-balancer/targets', { 'health_check.port': '9999' }, { found: 'service/service' }),
  ],
  [
    'container-urls-reached',
    value('service/service', { 'network_configuration.security_groups': [] }, { found: 'service/task' }),
  ],
  [
    'dead-letters-alarmed',
    value(
      'observability/alarms/orders-dead',
      { metric_name: 'NumberOfEmptyReceives' },
      { found: 'events/orders-dead/queue' },
    ),
  ],
  [
    'log-target-let-in',
    statement(
      'events/log-policy',
      'WriteEvents',
      { Principal: { Service: 'events.amazonaws.com' } },
      { stack: 'dev', found: 'events/log-target' },
    ),
  ],
  [
    'log-target-let-in',
    statement(
      'events/log-policy',
      'WriteEvents',
      { Resource: '*' },
      { stack: 'dev', found: 'events/log-target' },
    ),
  ],
  ['state-reads-no-secret', added('random_password', 'one that the state keeps', () => ({ length: 64 }))],
  [
    'state-holds-no-live-secret',
    value('cache/token/first', {
      secret_string_wo: `\${data.aws_secretsmanager_random_password.token.random_password}`,
    }),
  ],
  [
    'token-in-state-is-not-live',
    value('cache/redis', { auth_token: `\${data.aws_secretsmanager_secret_version.token.secret_string}` }),
  ],
  [
    'output-holds-no-secret',
    {
      stack: 'state-backend',
      what: 'output token is a password',
      at: 'state/locks',
      change: (json) => set(json, 'output.token', { value: 'https://ops:correct-horse@example.com' }),
    },
  ],
]

/** Attributes of a resource set, or taken away. */
function value(at: string, attributes: Draft, { stack = 'prod', found = at }: Where = {}): Broken {
  return {
    stack,
    what: said(at, attributes),
    at: found,
    change: (json) => {
      const { block: changed } = resourceAt(json, at)
      for (const [attribute, one] of Object.entries(attributes)) set(changed, attribute, one)
    },
  }
}

/** Elements of a statement of a resource's policy set, or taken away. */
function statement(
  at: string,
  sid: string,
  elements: Draft,
  { stack = 'prod', found = at }: Where = {},
): Broken {
  return {
    stack,
    what: said(`${at} ${sid}`, elements),
    at: found,
    change: (json) =>
      inStatements(resourceAt(json, at), (statements) => {
        const one = statements.find(({ Sid }) => Sid === sid)
        if (one === undefined) throw new Error(`${at} has no statement ${sid}`)
        for (const [name, element] of Object.entries(elements)) set(one, name, element)
      }),
  }
}

/** A statement whose resource is not what stands behind its ARN: `…/*` becomes `…`. */
function bare(at: string, sid: string, behind: string, found: string): Broken {
  return block(
    at,
    `${sid}: its resource without ${behind}`,
    (policy) =>
      inStatements(policy, (statements) => {
        for (const one of statements)
          if (one['Sid'] === sid)
            one['Resource'] = [one['Resource']].flat().map((each) => String(each).replace(behind, ''))
      }),
    { found },
  )
}

/** A statement more: EventBridge, for whomever. */
function moreEvents(at: string): Broken {
  return block(at, 'EventBridge of any account', (policy) =>
    inStatements(policy, (statements) => {
      const Principal = { Service: 'events.amazonaws.com' }
      statements.push({ Sid: 'More', Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: '*' })
    }),
  )
}

/** Attributes of a container of the task set, or taken away. */
function container(name: string, attributes: Draft): Broken {
  return {
    stack: 'prod',
    what: said(`container ${name}`, attributes),
    at: 'service/task',
    change: (json) =>
      inContainers(resourceAt(json, 'service/task'), (containers) => {
        const found = containers.find((each) => each['name'] === name)
        if (found === undefined) throw new Error(`there is no container ${name}`)
        for (const [attribute, one] of Object.entries(attributes)) set(found, attribute, one)
      }),
  }
}

/** A resource changed by hand. */
function block(
  at: string,
  what: string,
  change: (resource: Found, json: Draft) => void,
  { stack = 'prod', found = at }: Where = {},
): Broken {
  return { stack, what: `${at}: ${what}`, at: found, change: (json) => change(resourceAt(json, at), json) }
}

/** A resource that is not there any more. */
function gone(at: string, found: string, stack = 'prod'): Broken {
  return { stack, what: `${at} is gone`, at: found, change: (json) => remove(json, resourceAt(json, at)) }
}

/** A resource more, for rules of which no resource is as they want it. */
function added(
  type: string,
  what: string,
  blockOf: (json: Draft) => Draft,
  { stack = 'prod', found = `${type}.added` }: Where = {},
): Broken {
  return { stack, what: `${type} more: ${what}`, at: found, change: (json) => add(json, type, blockOf(json)) }
}

function addedBucket(): Broken {
  return added('aws_s3_bucket', 'a bucket and nothing else', () => ({ bucket: 'added' }))
}

/** A resource that waits for none of a type. */
function waitsNot(at: string, prefix: string): Broken {
  return block(at, `waits for no ${prefix}`, ({ block: waiting }) => {
    waiting['depends_on'] = list(waiting['depends_on']).filter((one) => !String(one).startsWith(prefix))
  })
}

/** A firewall without one of its rules. */
function withoutRule(name: string): Broken {
  return block('load-balancer/firewall/acl', `without ${name}`, ({ block: acl }) => {
    acl['rule'] = (list(acl['rule']) as Draft[]).filter((rule) => rule['name'] !== name)
  })
}

function publicAccess(attribute: string): Broken {
  return value(
    'state/states/access',
    { [attribute]: false },
    {
      stack: 'state-backend',
      found: 'state/states/bucket',
    },
  )
}

function addressAt(json: Draft, path: string): string {
  const { type, id } = resourceAt(json, path)
  return `${type}.${id}`
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function said(at: string, attributes: Draft): string {
  const each = Object.entries(attributes).map(
    ([attribute, one]) =>
      `${attribute} is ${one === undefined ? 'nothing' : JSON.stringify(one).slice(0, 60)}`,
  )
  return `${at}: ${each.join(', ')}`
}
