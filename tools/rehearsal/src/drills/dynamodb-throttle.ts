import { dynamodbFault } from './dynamodb-fault.ts'

const MILLISECONDS = 15_000

export const dynamodbThrottle = dynamodbFault({
  fault: 'throttle',
  milliseconds: MILLISECONDS,
  about: `DynamoDB refuses every request for ${MILLISECONDS / 1000} s as one too many`,
  promises: 'what fails is 503 with Retry-After; no task is restarted for it',
})
