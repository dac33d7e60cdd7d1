import { readSecretReference } from './secrets.ts'

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf'

test.each([
  [ARN, { secretArn: ARN }],
  [`${ARN}:token::`, { secretArn: ARN, jsonKey: 'token' }],
  [`${ARN}::AWSPREVIOUS:`, { secretArn: ARN, versionStage: 'AWSPREVIOUS' }],
  [`${ARN}:token::4a5b`, { secretArn: ARN, jsonKey: 'token', versionId: '4a5b' }],
])('%s', (reference, expected) => {
  expect(readSecretReference(reference)).toEqual(expected)
})
