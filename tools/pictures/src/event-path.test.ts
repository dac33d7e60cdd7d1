import type { StackJson } from '@cartwright/infra/stack-json'
import { eventPath } from './event-path.ts'
import { shapesOf } from './test/shapes.ts'
import { at, changed, stacks } from './test/stacks.ts'

let prod: StackJson
let archiveless: StackJson
beforeAll(async () => {
  prod = (await stacks())('prod')
  archiveless = changed(prod, 'aws_cloudwatch_event_archive', (archives) => {
    for (const id of Object.keys(archives)) delete archives[id]
  })
})

function textsOf(stack: StackJson): readonly string[] {
  return shapesOf(eventPath(stack)).texts.map(({ text }) => text)
}

function edgesOf(stack: StackJson): readonly string[] {
  return (/<desc id="d">(.*)\.<\/desc>/.exec(eventPath(stack))?.[1] ?? '').split('; ')
}

test('from the tasks to where an event may stay', () => {
  const name = (path: string) => String(at(prod, path).block['name'])
  const edges = edgesOf(prod).join('\n')

  expect(edges).toContain(`Event bus ${name('events/bus')} to Rule orders`)
  expect(edges).toContain(
    `Rule orders to Queue ${name('events/orders/queue')} (tried 185 times more within 1 day)`,
  )
  expect(edges).toContain(`to Queue ${name('events/orders-dead/queue')} (received 5 times in vain)`)
  expect(edges).toContain(
    `Event bus ${name('events/bus')} to Queue ${name('events/undelivered/queue')} (dead letters of the bus)`,
  )
})

test('another rule with its queue shows, encrypted or not', () => {
  const rule = at(prod, 'events/orders-rule').block
  const target = at(prod, 'events/orders-target').block
  let more = changed(prod, 'aws_cloudwatch_event_rule', (rules) => {
    rules['refunds'] = { ...rule, name: 'refunds', event_pattern: '{"detail-type":["refunded"]}' }
  })
  more = changed(more, 'aws_cloudwatch_event_target', (targets) => {
    targets['refunds'] = {
      ...target,
      arn: `\${aws_sqs_queue.refunds.arn}`,
      rule: `\${aws_cloudwatch_event_rule.refunds.name}`,
    }
  })
  more = changed(more, 'aws_sqs_queue', (queues) => {
    queues['refunds'] = { name: 'refunds-queue', message_retention_seconds: 3600 }
  })

  expect(textsOf(more)).toEqual(
    expect.arrayContaining(['refunds', 'detail-type: refunded', 'refunds-queue', 'kept for 1 hour']),
  )
  expect(edgesOf(more)).toHaveLength(edgesOf(prod).length + 3)
  expect(textsOf(more).filter((text) => text.includes('refunds-queue'))).toEqual(['refunds-queue'])
})

test('without an archive none is drawn', () => {
  expect(textsOf(prod)).toContain('Archive')
  expect(textsOf(archiveless)).not.toContain('Archive')
})

test('rules of other buses have no place in it', () => {
  expect(eventPath(prod)).not.toContain(String(at(prod, 'delivery/undo/failed').block['name']))
})

test('the key names what it encrypts, and nothing else', () => {
  const { id } = at(prod, 'events/orders/queue')
  const plain = changed(prod, 'aws_sqs_queue', (queues) => {
    delete queues[id]?.['kms_master_key_id']
  })
  const listed = (stack: StackJson) =>
    textsOf(stack)
      .filter((text) => text.includes(', '))
      .join(' ')
      .split(', ')

  expect(listed(prod)).toContain(String(at(prod, 'events/orders/queue').block['name']))
  expect(listed(plain)).not.toContain(String(at(prod, 'events/orders/queue').block['name']))
})
