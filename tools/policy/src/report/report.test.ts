import { existsSync } from 'node:fs'
import path from 'node:path'
import { StackJson } from '@cartwright/infra/stack-json'
import type { Accepted, Exception } from '../exception.ts'
import { judge } from '../judge.ts'
import type { Rule } from '../rule.ts'
import { attribute, oneOf } from '../wants.ts'
import { json } from './json.ts'
import { sarif } from './sarif.ts'
import { table } from './table.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')

const LOCKED: Rule = {
  id: 'door-locked',
  wants: 'a door is locked',
  severity: 'low',
  types: ['aws_door'],
  judge: attribute('lock', oneOf('bolt')),
}
const CLOSED: Rule = {
  id: 'door-closed',
  wants: 'a door is closed',
  severity: 'critical',
  types: ['aws_door'],
  judge: attribute('closed', oneOf(true)),
}
const UNUSED: Rule = { ...CLOSED, id: 'gate-closed', types: ['aws_gate'] }

const BACK: Exception = {
  rule: 'door-closed',
  at: 'back/door',
  reason: 'nobody knows of it',
  owner: 'design',
  accepted: '2026-11-22',
}
const STALE: Accepted = { ...BACK, at: 'back/door', rule: 'door-locked', stacks: ['dev'] }

/** Two doors: the front one is made by our source, the back one was synthesised without stack traces. */
const STACK = new StackJson('dev', {
  resource: {
    aws_door: {
      front: {
        closed: false,
        lock: 'none',
        '//': {
          metadata: {
            path: 'dev/front/door',
            stackTrace: [
              `new TerraformElement (${ROOT}/node_modules/cdktf/lib/terraform-element.js:19:9)`,
              `new Bolt (file://${ROOT}/infra/src/base/bolt.ts:7:5)`,
              `new Door (file://${ROOT}/infra/src/network/door.ts:40:12)`,
              `createApp (file://${ROOT}/infra/src/app.ts:3:1)`,
            ],
          },
        },
      },
      back: { closed: false, lock: 'bolt', '//': { metadata: { path: 'dev/back/door' } } },
    },
  },
})

const judgement = judge([STACK], [LOCKED, CLOSED, UNUSED], [BACK, STALE])

describe('the table', () => {
  test('has a line for each finding, the gravest first, with resource, rule, value, wanted and source', () => {
    expect(table(judgement).split('\n')).toEqual([
      'critical  door-closed dev: aws_door front/door (infra/src/network/door.ts:40): closed is false; wanted: true',
      'low       door-locked dev: aws_door front/door (infra/src/network/door.ts:40): lock is none; wanted: "bolt"',
      'stale     door-locked at back/door (dev): nothing breaks the rule there; wanted: the exception deleted',
      '',
      'dev: 2 resources, 2 of 3 rules had something to look at',
      '2 findings, 1 accepted with a reason, 1 stale exceptions',
    ])
  })

  test('tells what is accepted where it is asked for', () => {
    expect(table(judgement)).not.toContain('nobody knows of it')
    expect(table(judgement, true)).toContain(
      'accepted  door-closed dev: aws_door back/door: closed is false; wanted: true; accepted: nobody knows of it (design, 2026-11-22)',
    )
  })

  test('is two lines where nothing is wrong', () => {
    const sound = judge([STACK], [UNUSED], [])

    expect(table(sound).split('\n')).toEqual([
      'dev: 2 resources, 0 of 1 rules had something to look at',
      '0 findings, 0 accepted with a reason, 0 stale exceptions',
    ])
  })
})

test('JSON has what the table has', () => {
  const told = JSON.parse(json(judgement))

  expect(told).toMatchObject({
    stacks: [{ name: 'dev', resources: 2 }],
    rules: [
      {
        id: 'door-locked',
        severity: 'low',
        resources: [
          { stack: 'dev', address: 'aws_door.front', verdict: 'found' },
          { address: 'aws_door.back', verdict: 'holds' },
        ],
      },
      { id: 'door-closed', resources: [{ verdict: 'found' }, { verdict: 'accepted' }] },
      { id: 'gate-closed', resources: [] },
    ],
    accepted: [{ rule: 'door-closed', path: 'back/door', reason: 'nobody knows of it', owner: 'design' }],
    stale: [{ rule: 'door-locked', at: 'back/door' }],
  })
  expect(told.findings).toContainEqual(
    expect.objectContaining({
      rule: 'door-closed',
      severity: 'critical',
      stack: 'dev',
      address: 'aws_door.front',
      path: 'front/door',
      source: { file: 'infra/src/network/door.ts', line: 40 },
      at: 'closed',
      seen: 'false',
      wanted: 'true',
    }),
  )
  expect(told.findings).toHaveLength(2)
})

describe('SARIF', () => {
  const { version, runs } = JSON.parse(sarif(judgement))
  const [{ tool, results }] = runs

  test('is of version 2.1.0, and every result is of a rule that the tool has', () => {
    const rules = tool.driver.rules.map(({ id }: { readonly id: string }) => id)

    expect(version).toBe('2.1.0')
    expect(rules).toEqual(['door-locked', 'door-closed', 'gate-closed'])
    expect(results.map(({ ruleId }: { readonly ruleId: string }) => ruleId).toSorted()).toEqual([
      'door-closed',
      'door-closed',
      'door-locked',
      'door-locked',
    ])
  })

  test('says where our source makes the resource, relative to the root', () => {
    expect(results).toContainEqual(
      expect.objectContaining({
        ruleId: 'door-closed',
        level: 'error',
        message: { text: 'aws_door front/door in dev: closed is false; wanted: true' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'infra/src/network/door.ts', uriBaseId: '%SRCROOT%' },
              region: { startLine: 40 },
            },
            logicalLocations: [{ fullyQualifiedName: 'dev/front/door', kind: 'resource' }],
          },
        ],
      }),
    )
  })

  test('tells of a stale exception where exceptions stand: the command fails for it', () => {
    expect(results).toContainEqual(
      expect.objectContaining({
        ruleId: 'door-locked',
        level: 'error',
        message: { text: 'nothing breaks door-locked at back/door any more; wanted: the exception deleted' },
      }),
    )
    expect(existsSync(path.join(ROOT, 'tools/policy/src/exceptions.ts'))).toBe(true)
  })

  test('has what is accepted as suppressed, and nothing else', () => {
    const suppressed = results.filter((one: object) => 'suppressions' in one)

    expect(suppressed).toMatchObject([
      {
        ruleId: 'door-closed',
        locations: [{ logicalLocations: [{ fullyQualifiedName: 'dev/back/door' }] }],
        suppressions: [{ kind: 'external', status: 'accepted', justification: 'nobody knows of it' }],
      },
    ])
  })

  test('gives each result a fingerprint of its own', () => {
    const prints = results.map(
      (one: { readonly partialFingerprints: { readonly resource: string } }) =>
        one.partialFingerprints.resource,
    )

    expect(new Set(prints).size).toBe(results.length)
    expect(prints).toContain('door-locked/dev/front/door/lock')
  })
})
