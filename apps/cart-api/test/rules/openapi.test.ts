import { type InProcessApi, startInProcess } from '../in-process.ts'

interface Told {
  readonly description?: string
  readonly parameters: readonly { readonly $ref?: string }[]
  readonly requestBody?: unknown
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly headers: object
        readonly content?: Record<string, { schema: { oneOf: { $ref: string }[] } }>
      }
    >
  >
}

let api: InProcessApi
let paths: Readonly<Record<string, Record<string, Told>>>
beforeAll(async () => {
  api = await startInProcess()
  const document = (await (await fetch(`${api.url}/openapi.json`)).json()) as { paths: typeof paths }
  paths = document.paths
})
afterAll(() => api.close())

const told = (method: string, path: string): Told => paths[path]?.[method] as Told

const problems = (method: string, path: string, status: number) =>
  told(method, path)
    .responses[status]?.content?.['application/problem+json']?.schema.oneOf.map(({ $ref }) =>
      $ref.replace('#/components/schemas/', ''),
    )
    .sort()

test('each status names the problems that it may be, each with its own schema', () => {
  expect(problems('patch', '/cart/items/{productId}', 404)).toEqual([
    'CartNotFoundProblem',
    'LineNotFoundProblem',
  ])
  expect(problems('post', '/cart/items', 412)).toEqual(['VersionMismatchProblem'])
})

test('an order is told of with what it has: no X-Cache, and no cart that belongs to somebody else', () => {
  expect(problems('get', '/checkout/{orderId}', 404)).toEqual(['NotFoundProblem'])
  for (const status of ['200', '304']) {
    expect(told('get', '/checkout/{orderId}').responses[status]?.headers).not.toHaveProperty('X-Cache')
    expect(told('get', '/cart').responses[status]?.headers).toHaveProperty('X-Cache')
  }
})

test('a Location is told of where something is made, and only there', () => {
  expect(told('post', '/cart').responses['201']?.headers).toHaveProperty('Location')
  expect(told('post', '/checkout/start').responses['201']?.headers).toHaveProperty('Location')
  expect(told('post', '/checkout/start').responses['200']?.headers).not.toHaveProperty('Location')
})

test.each(['/cart', '/cart/items/{productId}'])('DELETE %s says that it takes no body', (path) => {
  const { requestBody, description } = told('delete', path)

  expect(requestBody).toBeUndefined()
  expect(description).toContain('Takes no body')
  expect(problems('delete', path, 413)).toEqual(['BodyTooLargeProblem'])
  expect(problems('delete', path, 415)).toEqual(['UnsupportedMediaTypeProblem'])
})

test('minting looks at who asks, and at no cart, key or tag', () => {
  expect(told('post', '/cart').parameters).toEqual([{ $ref: '#/components/parameters/UserId' }])
  expect(problems('post', '/cart', 401)).toEqual(['UnauthenticatedProblem'])
})
