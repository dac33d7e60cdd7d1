import { DELIVERY, DOMAIN, type Name, synthesiseAmong } from '../test/synthesise.ts'

// What has to hold of every resource, whichever construct made it, with all switches on that a user can turn.
const stacks = (['dev', 'staging', 'prod'] as const).map(
  (name) => [name, synthesiseAmong(name, { ...DOMAIN, ...DELIVERY })] as const,
)
const resources = (name: Name, type: string) =>
  [
    ...(stacks
      .find(([one]) => one === name)?.[1]
      .all(type)
      .entries() ?? []),
  ].map(([at, block]) => ({ at, block }))

/** Rights that AWS gives for everything only, by their statements. */
const WITHOUT_RESOURCE = [
  'DeregisterRevisions',
  'EnterRegistry',
  'OpenShell',
  'RegisterRevisions',
  'SendTraces',
]

describe.each(stacks)('in %s', (name, stack) => {
  test('every log group ends, and is encrypted', () => {
    const groups = resources(name, 'aws_cloudwatch_log_group')

    expect(groups.length).toBeGreaterThan(4)
    for (const { block } of groups) {
      expect(block).toMatchObject({
        retention_in_days: { dev: 7, staging: 30, prod: 365 }[name],
        kms_key_id: expect.stringContaining('aws_kms_key'),
      })
    }
  })

  test('no role may do everything, and on everything only what has no resource', () => {
    for (const { at, block } of resources(name, 'aws_iam_role_policy')) {
      for (const [sid, { Action, Resource }] of Object.entries(stack.statements(block['policy']))) {
        expect([at, sid, Action]).toEqual([
          at,
          sid,
          expect.not.arrayContaining([expect.stringMatching(/^(\w+:)?\*$/)]),
        ])
        if (!WITHOUT_RESOURCE.includes(sid))
          expect([at, sid, Resource]).toEqual([at, sid, expect.not.arrayContaining(['*'])])
      }
    }
  })

  test('every role is taken by one service of AWS, for this account', () => {
    for (const { block } of resources(name, 'aws_iam_role')) {
      expect(stack.statements(block['assume_role_policy'])).toEqual({
        Take: expect.objectContaining({
          Principal: { Service: expect.stringMatching(/\.amazonaws\.com$/) },
          Condition: expect.objectContaining({ StringEquals: { 'aws:SourceAccount': expect.anything() } }),
        }),
      })
    }
  })

  test('only the load balancer is open to the world', () => {
    const open = resources(name, 'aws_vpc_security_group_ingress_rule').filter(
      ({ block }) => 'cidr_ipv4' in block,
    )

    expect(open.map(({ at }) => at)).toEqual([
      'load-balancer/group/from-http',
      'load-balancer/group/from-https',
    ])
  })

  test('every bucket is closed, and refuses plain text', () => {
    const buckets = resources(name, 'aws_s3_bucket')

    const policies = resources(name, 'aws_s3_bucket_policy')

    expect(buckets.length).toBeGreaterThan(0)
    expect(resources(name, 'aws_s3_bucket_public_access_block')).toHaveLength(buckets.length)
    expect(policies).toHaveLength(buckets.length)
    for (const { block } of policies) {
      expect(stack.statements(block['policy'])).toHaveProperty('DenyPlainText')
    }
  })
})
