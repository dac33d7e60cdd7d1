import { dynamodbFault } from './dynamodb-fault.ts'

/** Less than the 60 s after which a task calls itself unready. */
const MILLISECONDS = 40_000

export const dynamodbDown = dynamodbFault({
  fault: 'down',
  milliseconds: MILLISECONDS,
  about: `DynamoDB cannot be reached for ${MILLISECONDS / 1000} s`,
  promises: 'what fails is 503 with Retry-After; no task is restarted for it: there is no restart storm',
})
