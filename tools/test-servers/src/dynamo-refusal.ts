import type { HttpFault } from './http-faults.ts'

/** The answer of a DynamoDB that does not do what it was asked to, by the name of its error. */
export function dynamoRefusal(status: number, name: string, members: object = {}): HttpFault {
  const body = JSON.stringify({
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: name,
    ...members,
  })
  return {
    does: 'answer',
    answer: { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body },
  }
}
