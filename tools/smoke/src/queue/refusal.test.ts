import { KmsAccessDenied, QueueDoesNotExist, SQSServiceException } from '@aws-sdk/client-sqs'
import { isOfPermission } from './refusal.ts'

const answer = (httpStatusCode: number) => ({ $metadata: { httpStatusCode }, message: 'it is so' })
const named = (name: string, status: number) =>
  new SQSServiceException({ name, $fault: 'client', ...answer(status) })

test.each([
  [named('AccessDeniedException', 400)],
  [named('ExpiredTokenException', 403)],
  [named('InvalidClientTokenId', 403)],
  [new KmsAccessDenied(answer(400))],
  [Object.assign(new Error('none'), { name: 'CredentialsProviderError' })],
])('%s is of permission', (error) => {
  expect(isOfPermission(error)).toBe(true)
})

test.each([[new QueueDoesNotExist(answer(400))], [named('InternalFailure', 500)], [new Error('none')]])(
  '%s is not',
  (error) => {
    expect(isOfPermission(error)).toBe(false)
  },
)
