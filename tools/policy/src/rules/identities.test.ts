import { StackJson } from '@cartwright/infra/stack-json'
import { judge } from '../judge.ts'
import { IDENTITIES } from './identities.ts'

/** The rules that a right breaks. */
function brokenBy(Action: string, Resource: string): readonly string[] {
  const policy = JSON.stringify({ Statement: [{ Sid: 'Do', Effect: 'Allow', Action, Resource }] })
  const stack = new StackJson('dev', { resource: { aws_iam_role_policy: { one: { policy } } } })
  return judge([stack], IDENTITIES, []).findings.map(({ rule }) => rule.id)
}

test.each([
  '*',
  'arn:aws:dynamodb:eu-west-1:123456789012:table/*',
  'arn:aws:logs:eu-west-1:123456789012:log-group:*',
  'arn:aws:dynamodb:*:*:table/carts',
  'arn:aws:s3:::*',
])('%s names no resource', (resource) => {
  expect(brokenBy('dynamodb:GetItem', resource)).toContain('identity-resources-named')
})

test.each([
  'arn:aws:dynamodb:eu-west-1:123456789012:table/carts',
  'arn:aws:dynamodb:eu-west-1:123456789012:table/carts/index/*',
  'arn:aws:ecs:eu-west-1:123456789012:task-definition/carts:*',
  'arn:aws:s3:::carts/*',
  `\${aws_s3_bucket.carts.arn}/*`,
])('%s names one', (resource) => {
  expect(brokenBy('dynamodb:GetItem', resource)).toEqual([])
})
