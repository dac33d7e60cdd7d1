import type { StackJson } from '@cartwright/infra/stack-json'
import { delivery } from './delivery.ts'
import { shapesOf } from './test/shapes.ts'
import { at, changed, stacks } from './test/stacks.ts'

let prod: StackJson
let dev: StackJson
beforeAll(async () => {
  const stackOf = await stacks()
  prod = stackOf('prod')
  dev = stackOf('dev')
})

function textsOf(stack: StackJson): readonly string[] {
  return shapesOf(delivery(stack)).texts.map(({ text }) => text)
}

/** The pipeline with other stages. */
function withStages(stack: StackJson, change: (stages: Record<string, unknown>[]) => void): StackJson {
  const { id } = at(stack, 'delivery/pipeline/pipeline')
  return changed(stack, 'aws_codepipeline', (pipelines) =>
    change(pipelines[id]?.['stage'] as Record<string, unknown>[]),
  )
}

test('prod promotes after an approval, dev builds', () => {
  const stagesOf = (stack: StackJson) => textsOf(stack).filter((text) => text.startsWith('Stage '))

  expect(stagesOf(prod)).toEqual(['Stage Source', 'Stage Promote', 'Stage Approve', 'Stage Deploy'])
  expect(stagesOf(dev)).toEqual(['Stage Source', 'Stage Build', 'Stage Deploy'])
})

test('a stage more shows, with an arrow to it', () => {
  const more = withStages(prod, (stages) => {
    stages.push({ name: 'Announce', action: [{ name: 'Tell', category: 'Approval', provider: 'Manual' }] })
  })

  expect(textsOf(more)).toEqual(expect.arrayContaining(['Stage Announce', 'Tell', 'Approval by hand']))
  expect(shapesOf(delivery(more)).arrows).toHaveLength(shapesOf(delivery(prod)).arrows.length + 1)
})

test('a stage says what happens when it fails', () => {
  const careless = withStages(prod, (stages) => {
    for (const stage of stages) delete stage['on_failure']
  })

  expect(textsOf(prod)).toContain('when it fails: rollback')
  expect(textsOf(careless)).not.toContain('when it fails: rollback')
})

test('what undoes a failed release stands in it while a rule starts it', () => {
  const { id, block } = at(prod, 'delivery/undo/failed')
  const foreign = changed(prod, 'aws_cloudwatch_event_rule', (rules) => {
    rules[id] = { ...block, event_pattern: '{"detail":{"pipeline":["another"],"stage":["Deploy"]}}' }
  })

  expect(textsOf(prod)).toContain('Deploy: failed or stopped')
  expect(delivery(prod)).toContain('class="line dashed')
  expect(delivery(foreign)).not.toContain('class="line dashed')
  expect(textsOf(foreign)).not.toContain(String(block['name']))
})

test('where a refused start of what undoes a release goes stands in its rule', () => {
  const { id } = at(prod, 'delivery/undo/target')
  const lost = changed(prod, 'aws_cloudwatch_event_target', (targets) => {
    delete targets[id]?.['dead_letter_config']
  })
  const queue = String(at(prod, 'events/undelivered/queue').block['name'])

  expect(textsOf(prod)).toEqual(expect.arrayContaining(['a start that AWS refuses goes to', queue]))
  expect(textsOf(lost)).not.toContain(queue)
})

test('a project says what its role may do', () => {
  const { id, block } = at(prod, 'delivery/smoke/project/role/policy')
  const more = changed(prod, 'aws_iam_role_policy', (policies) => {
    policies[id] = {
      ...block,
      policy: String(block['policy']).replace('ssm:PutParameter', 'ssm:DeleteParameter'),
    }
  })

  expect(textsOf(prod)).toContain('GetParameter, PutParameter')
  expect(textsOf(more)).toContain('GetParameter, DeleteParameter')
})

test('a stack without a pipeline says so', () => {
  const none = changed(prod, 'aws_codepipeline', (pipelines) => {
    for (const id of Object.keys(pipelines)) delete pipelines[id]
  })

  expect(textsOf(none)).toEqual(['prod has no pipeline'])
})
