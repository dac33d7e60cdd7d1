import type { StackJson } from '@cartwright/infra/stack-json'
import { judge } from '../judge.ts'
import type { Rule } from '../rule.ts'
import { remove, resourcesOf } from '../test/drafts.ts'
import { type Complete, changed, completeStacks } from '../test/stacks.ts'
import { BROKEN, BROKEN_TOO, type Broken } from './broken.ts'
import { RULES } from './index.ts'
import { LIMITS } from './limits.ts'

let complete: Complete

beforeAll(async () => {
  complete = await completeStacks()
})

test('every rule has a mutation, and every mutation a rule', () => {
  expect(Object.keys(BROKEN).toSorted()).toEqual(RULES.map(({ id }) => id).toSorted())
})

test('no two rules have the same id', () => {
  expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length)
})

test('nothing is found in the stacks as they are', () => {
  const { findings } = judge(complete.stacks, RULES, complete.exceptions)

  expect(
    findings.map(({ rule, resource, at }) => `${rule.id} ${resource.stack} ${resource.path} ${at}`),
  ).toEqual([])
})

/** What stands somewhere where nobody expects it: a module's value, a reference, a slip. */
const ODD = ['no JSON', 'null', '{}', `\${local.odd}`, 3, [], {}, [['one']]]

/** So many attributes apart stand those that are odd at once: what is beside them is still read. */
const APART = 6

test.each(ODD)('no rule crashes where attributes are %j', (odd) => {
  for (let first = 0; first < APART; first += 1) {
    const stacks = changed(
      complete.stacks.filter(({ name }) => name === 'staging'),
      'staging',
      (json) => {
        for (const { block } of resourcesOf(json))
          for (const [index, name] of Object.keys(block).entries())
            if (index % APART === first && name !== '//') block[name] = odd
      },
    )

    expect(() => judge(stacks, RULES, [])).not.toThrow()
  }
})

test.each(RULES)('$id finds its breach, and nothing before it', (rule) => {
  const broken = BROKEN[rule.id]
  if (broken === undefined) throw new Error(`${rule.id} has no mutation`)

  expect(newlyFound(rule, broken)).not.toEqual([])
})

test.each(BROKEN_TOO.map(([id, broken]) => ({ id, what: broken.what, broken })))('$id: $what', (one) => {
  const rule = RULES.find(({ id }) => id === one.id)
  if (rule === undefined) throw new Error(`there is no rule ${one.id}`)

  expect(newlyFound(rule, one.broken)).not.toEqual([])
})

/** What a rule says of the resource after a change, and did not before. */
function newlyFound(rule: Rule, { stack, at, change }: Broken): readonly string[] {
  const stacks = complete.stacks.filter(({ name }) => name === stack)
  const foundIn = (some: readonly StackJson[]) =>
    judge(some, [rule], [])
      .findings.filter(({ resource }) => resource.path === at)
      .map((finding) => `${finding.at} is ${finding.seen}`)
  const before = foundIn(stacks)
  return foundIn(changed(stacks, stack, change)).filter((one) => !before.includes(one))
}

/** What is judged with something else: by a rule that finds a breach where there is none of it. */
const COMPANIONS: Readonly<Record<string, string>> = {
  aws_appautoscaling_policy: 'table-capacity-follows',
  aws_appautoscaling_target: 'table-capacity-follows',
  aws_codestarnotifications_notification_rule: 'pipeline-tells-somebody',
  aws_default_security_group: 'default-group-empty',
  aws_ecr_lifecycle_policy: 'images-expire',
  aws_ecs_cluster_capacity_providers: 'capacity-known-to-the-cluster',
  aws_internet_gateway: 'address-waits-for-the-internet',
  aws_lb_listener_rule: 'service-waits-for-its-listener',
  aws_nat_gateway: 'address-used',
  aws_route_table_association: 'subnet-routes-by-tier',
  aws_s3_bucket_lifecycle_configuration: 'bucket-cleans-up',
  aws_s3_bucket_ownership_controls: 'bucket-without-access-lists',
  aws_s3_bucket_public_access_block: 'bucket-refuses-public-acls',
  aws_s3_bucket_server_side_encryption_configuration: 'bucket-encrypted',
  aws_s3_bucket_versioning: 'bucket-versioned',
  aws_sns_topic_subscription: 'topic-heard',
  aws_sqs_queue_redrive_allow_policy: 'dead-letters-of-named-queues',
}

/** What only limits and the rules of all types are about, and why. */
const UNJUDGED: Readonly<Record<string, string>> = {
  aws_cloudwatch_dashboard: 'looked at by people alone',
  aws_cloudwatch_event_archive: 'encrypted with the key of its bus, kept as long as the environment says',
  aws_codestarconnections_connection: 'a name: what may use it is judged with roles',
  aws_kms_alias: 'a name for people',
  terraform_data: "Terraform's own: nothing at AWS",
}

/** Rules that say nothing of what a type is for. */
const GENERAL = ['everything-tagged', ...LIMITS.map(({ id }) => id)]

test('each type of resource has a rule of its own, or it is known why not', () => {
  const judged = new Set(RULES.filter(({ id }) => !GENERAL.includes(id)).flatMap(({ types }) => types))
  const used = new Set(complete.stacks.flatMap(({ resources }) => resources.map(({ type }) => type)))

  expect([...used].filter((type) => !judged.has(type)).toSorted()).toEqual(
    [...Object.keys(COMPANIONS), ...Object.keys(UNJUDGED)].toSorted(),
  )
})

test.each(Object.entries(COMPANIONS))('%s is looked at by %s', (type, id) => {
  const rules = RULES.filter((rule) => rule.id === id)
  const without = complete.stacks.reduce(
    (stacks, { name }) =>
      changed(stacks, name, (json) => {
        for (const found of resourcesOf(json)) if (found.type === type) remove(json, found)
      }),
    complete.stacks,
  )

  expect(judge(without, rules, []).findings.length).toBeGreaterThan(
    judge(complete.stacks, rules, []).findings.length,
  )
})
