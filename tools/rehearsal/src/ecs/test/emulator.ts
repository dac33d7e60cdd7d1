import type { EcsApi } from '../read-service.ts'

/** ECS of an emulator, whose answers have the same fields as the SDK's. */
export class EmulatedEcs implements EcsApi {
  readonly #endpoint: string

  constructor(endpoint: string) {
    this.#endpoint = endpoint
  }

  async call<Answer>(operation: string, input: object): Promise<Answer> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${operation}: ${text}`)
    // What AWS documents for the operation.
    return JSON.parse(text) as Answer
  }

  describeServices(input: Parameters<EcsApi['describeServices']>[0]): ReturnType<EcsApi['describeServices']> {
    return this.call('DescribeServices', input)
  }

  describeTaskDefinition(
    input: Parameters<EcsApi['describeTaskDefinition']>[0],
  ): ReturnType<EcsApi['describeTaskDefinition']> {
    return this.call('DescribeTaskDefinition', input)
  }
}
