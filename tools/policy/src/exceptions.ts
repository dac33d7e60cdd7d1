import type { Environment } from '@cartwright/environments'
import type { Exception } from './exception.ts'

/** The day of the review in which they were accepted. */
const REVIEW = '2026-11-22'

/** Not production: nobody's orders are taken there, which is why it may do without. Production asks for a domain to be deployed. */
const isTrial = ({ domainRequired }: Environment): boolean => !domainRequired
const isUnprotected = (environment: Environment): boolean =>
  isTrial(environment) && !environment.deletionProtection
const hasNobodyToTell = ({ alarmEmails = [] }: Environment): boolean => alarmEmails.length === 0

/**
 * What is accepted, why, and which field of an environment decides it. One that nothing needs any more fails `npm run
 * policy`: it would hide the next breach.
 */
export const EXCEPTIONS: readonly Exception[] = [
  // Rights that AWS gives for everything or not at all (Service Authorization Reference).
  ...[
    [
      'service/execution-role/policy',
      'policy EnterRegistry',
      'ecr:GetAuthorizationToken has no resource',
      'design',
    ],
    [
      'delivery/build/project/role/policy',
      'policy EnterRegistry',
      'ecr:GetAuthorizationToken has no resource',
      'enableCicd',
    ],
    ['service/task-role/policy', 'policy SendTraces', 'the rights of X-Ray have no resource', 'traces'],
    [
      'service/task-role/policy',
      'policy OpenShell',
      'the channels of Session Manager have no resource',
      'ecsExec',
    ],
    [
      'service/task-role/policy',
      'policy FindShellLog',
      'logs:DescribeLogGroups is given for all groups of the account; it reads names, not lines',
      'ecsExec',
    ],
    [
      'network/flow-role/policy',
      'policy FindGroup',
      'flow logs look for their group by logs:DescribeLogGroups, which is given for all groups; it reads names, not lines',
      'design',
    ],
    [
      'delivery/pipeline/role/policy',
      'policy RegisterRevisions',
      'ecs:DescribeTaskDefinition has no resource; for ecs:RegisterTaskDefinition AWS has said both in its tables, and refuses where it means the other',
      'enableCicd',
    ],
    [
      'delivery/undo/project/role/policy',
      'policy DeregisterRevisions',
      'ecs:DeregisterTaskDefinition and ListTaskDefinitions have no resource',
      'enableCicd',
    ],
  ].map(([at = '', breach = '', reason = '', owner = '']) => ({
    rule: 'identity-resources-named',
    at,
    breach,
    reason,
    // The table above has fields alone.
    owner: owner as Exception['owner'],
    accepted: REVIEW,
  })),
  {
    rule: 'identity-names-what-can-be-named',
    at: 'delivery/pipeline/role/policy',
    breach: 'policy RegisterRevisions',
    reason:
      'for ecs:RegisterTaskDefinition AWS has said both in its tables, and refuses where it means the other; iam:PassRole bounds what a revision may do',
    owner: 'enableCicd',
    accepted: REVIEW,
  },
  {
    rule: 'key-services-bound',
    at: 'key/key',
    breach: 'policy Events',
    reason:
      'EventBridge names no account where it sends to an encrypted queue, so a condition would refuse it; bus and queue policies name who sends',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'secret-rotates',
    at: 'cache/token/secret',
    reason:
      'the token is changed by `npm run rotate`, as often as a scheduler calls it: a rotation by AWS needs a function in the network, with its own rights to Redis',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'bus-has-a-policy',
    at: 'events/bus',
    reason:
      'without a policy only roles of this account put events, each by its own rights; a policy could only let in more',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'target-group-by-tls',
    at: 'load-balancer/targets',
    reason:
      'between load balancer and tasks requests stay in the network, where only the load balancer reaches a task; TLS there would need certificates in tasks',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'target-group-checks-health-by-tls',
    at: 'load-balancer/targets',
    reason: 'tasks have no certificate, and what they say of their health is no secret',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'firewall-knows-anonymous-addresses',
    at: 'load-balancer/firewall/acl',
    reason:
      'behind proxies and relays are customers as well, and at hosting firms are shops that call the API; known attackers are kept out by the list of reputations',
    owner: 'firewall',
    accepted: REVIEW,
  },
  {
    rule: 'endpoints-for-managing',
    at: 'network/vpc',
    reason:
      "nothing in the network calls EC2's or Systems Manager's APIs, and each endpoint is paid for by the hour",
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'endpoints-for-images',
    at: 'network/vpc',
    where: (environment) => isTrial(environment) && !environment.interfaceEndpoints,
    reason: 'images come by the NAT gateway that is there anyway; endpoints are paid for by the hour',
    owner: 'interfaceEndpoints',
    accepted: REVIEW,
  },
  {
    rule: 'parameter-encrypted',
    at: 'registry/release',
    reason:
      'it holds the tag of the image in use, which is no secret, and has no rights to a key to be read with',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'build-not-privileged',
    at: 'delivery/build/project/project',
    reason: 'it makes the image with Docker, which CodeBuild runs in no other way; only dev builds',
    owner: 'enableCicd',
    accepted: REVIEW,
  },
  {
    rule: 'listener-by-tls',
    at: 'load-balancer/http',
    where: (environment) => isTrial(environment) && environment.domainName === undefined,
    reason: 'without a domain there is no certificate: guests of a trial, over HTTP',
    owner: 'domainName',
    accepted: REVIEW,
  },
  {
    rule: 'balancer-behind-firewall',
    at: 'load-balancer/balancer',
    where: (environment) => isTrial(environment) && environment.domainName === undefined,
    reason: 'without a domain nobody is sent there',
    owner: 'domainName',
    accepted: REVIEW,
  },
  {
    rule: 'topic-heard',
    at: 'observability/topic/topic',
    where: hasNobodyToTell,
    reason: 'nobody has said whom to tell; the dashboards show the alarms',
    owner: 'alarmEmails',
    accepted: REVIEW,
  },
  {
    rule: 'budget-tells-somebody',
    at: 'observability/budget/budget',
    where: hasNobodyToTell,
    reason: 'nobody has said whom to tell',
    owner: 'alarmEmails',
    accepted: REVIEW,
  },

  // Buckets.
  {
    rule: 'bucket-encrypted-with-own-key',
    at: 'load-balancer/access-log/bucket/bucket',
    reason: 'load balancers write only to buckets that S3 encrypts with its own key',
    owner: 'accessLogs',
    accepted: REVIEW,
  },
  {
    rule: 'bucket-encrypted-with-own-key',
    at: 'state/states/bucket',
    reason: 'states hold no live secret, and a key of its own would have to outlive every environment',
    owner: 'design',
    accepted: REVIEW,
  },
  ...['delivery/artifacts/bucket/bucket', 'load-balancer/access-log/bucket/bucket'].flatMap(
    (at): Exception[] => [
      {
        rule: 'bucket-versioned',
        at,
        reason:
          'nothing in it is ever overwritten, and it goes by its age; every version would be paid for twice',
        owner: 'logRetentionDays',
        accepted: REVIEW,
      },
      ...(
        [
          [
            'bucket-access-logged',
            'who reads builds and logs is told by CloudTrail, where the account has data events',
          ],
          [
            'bucket-replicated',
            'builds can be made again, and logs are kept for looking back, in the region that wrote them',
          ],
        ] as const
      ).map(([rule, reason]) => ({ rule, at, reason, owner: 'design' as const, accepted: REVIEW })),
    ],
  ),
  {
    rule: 'bucket-access-logged',
    at: 'state/states/bucket',
    reason:
      'who reads states is told by CloudTrail, where the account has data events; a bucket of logs would have to outlive it',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'bucket-replicated',
    at: 'state/states/bucket',
    reason:
      'a state describes one region, and is found again by names and tags (docs/guides/recovering-state.md)',
    owner: 'design',
    accepted: REVIEW,
  },
  {
    rule: 'bucket-tells-its-events',
    at: '**',
    reason: 'nobody waits for objects: CodePipeline and people come by themselves',
    owner: 'design',
    accepted: REVIEW,
  },
  ...[
    'delivery/artifacts/bucket/bucket',
    'load-balancer/access-log/bucket/bucket',
    'state/states/bucket',
  ].flatMap((at): Exception[] => [
    {
      rule: 'bucket-objects-locked',
      at,
      reason:
        'what is locked can be neither cleaned up nor destroyed before its time; builds can be made again, and the state keeps its older versions',
      owner: 'design',
      accepted: REVIEW,
    },
    {
      rule: 'bucket-deletes-by-mfa',
      at,
      reason: "only the account's root user can ask for it, with a device in hand, and Terraform is not",
      owner: 'design',
      accepted: REVIEW,
    },
  ]),
  {
    rule: 'bucket-protected-from-destroy',
    at: '**',
    where: isUnprotected,
    reason: 'a destroy leaves nothing behind, and what is in it can be made again',
    owner: 'deletionProtection',
    accepted: REVIEW,
  },

  // The lock table of Terraform, which holds a line while somebody deploys.
  ...(
    [
      [
        'table-encrypted-with-own-key',
        'it holds who deploys, while they do; DynamoDB encrypts it with a key of its own',
      ],
      ['table-deletion-protected', 'without it Terraform locks by files; bootstrap makes it again'],
      ['carts-backed-up-by-plan', 'it holds nothing while nobody deploys'],
    ] as const
  ).map(([rule, reason]) => ({
    rule,
    at: 'state/locks',
    reason,
    owner: 'stateLockTable' as const,
    accepted: REVIEW,
  })),
  {
    rule: 'carts-backed-up-by-plan',
    at: 'table/table',
    reason:
      'backup plans are of an organisation or account, and choose by tags; the table can be restored to a moment where it matters',
    owner: 'pointInTimeRecovery',
    accepted: REVIEW,
  },

  // What dev and staging do without, for less money or so that they can be destroyed.
  ...(
    [
      ['log-kept-a-year', '**', isTrial, 'logs of trials are of use for days', 'logRetentionDays'],
      [
        'table-deletion-protected',
        'table/table',
        isUnprotected,
        'a destroy leaves nothing behind',
        'deletionProtection',
      ],
      [
        'balancer-deletion-protected',
        'load-balancer/balancer',
        isUnprotected,
        'a destroy leaves nothing behind',
        'deletionProtection',
      ],
      [
        'balancer-access-logged',
        'load-balancer/balancer',
        (environment: Environment) => isTrial(environment) && !environment.accessLogs,
        'the API logs every request itself',
        'accessLogs',
      ],
      [
        'service-shells-off',
        'service/service',
        (environment: Environment) => isTrial(environment) && environment.ecsExec,
        'people look into tasks there; what they type is logged',
        'ecsExec',
      ],
      [
        'table-restorable-to-a-moment',
        'table/table',
        (environment: Environment) => isTrial(environment) && !environment.pointInTimeRecovery,
        'carts of trials',
        'pointInTimeRecovery',
      ],
      [
        'redis-survives-a-node',
        'cache/redis',
        (environment: Environment) => isTrial(environment) && environment.cacheNodes === 1,
        'one node: the cache may be gone for minutes, and the table does without',
        'cacheNodes',
      ],
      [
        'redis-backed-up',
        'cache/redis',
        (environment: Environment) => isTrial(environment) && environment.cacheSnapshotDays === 0,
        'a cache is filled again from the table',
        'cacheSnapshotDays',
      ],
      [
        'cluster-measured',
        'service/cluster/cluster',
        (environment: Environment) => isTrial(environment) && environment.containerInsights === 'disabled',
        "Fargate's own figures are enough for one task",
        'containerInsights',
      ],
      [
        'shells-logged',
        'service/cluster/cluster',
        (environment: Environment) => !environment.ecsExec,
        'nobody can open one: Exec is off',
        'ecsExec',
      ],
    ] as const
  ).map(([rule, at, where, reason, owner]) => ({ rule, at, where, reason, owner, accepted: REVIEW })),
]
