import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type InProcessApi, startInProcess } from '../in-process.ts'

type Node = Readonly<Record<string, unknown>>

let api: InProcessApi
let text: string
let document: Node

beforeAll(async () => {
  api = await startInProcess()
  text = await (await fetch(`${api.url}/openapi.json`)).text()
  document = JSON.parse(text) as Node
})

afterAll(() => api.close())

test('the document is valid OpenAPI 3.1, in the judgement of a validator that is not ours', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cart-openapi-'))
  const file = path.join(folder, 'openapi.json')
  writeFileSync(file, text)
  const validator = createRequire(__filename).resolve(
    '@seriousme/openapi-schema-validator/bin/validate-api-cli.js',
  )

  const { stdout } = await promisify(execFile)(process.execPath, [validator, file])

  rmSync(folder, { recursive: true })
  expect(document['openapi']).toMatch(/^3\.1\.\d$/)
  expect(JSON.parse(stdout)).toEqual({ valid: true })
})

test('every operation is told in full: its name, what it does, its answers and its problems', () => {
  const told = operations()

  expect(told).not.toHaveLength(0)
  expect(new Set(told.map(({ operationId }) => operationId)).size).toBe(told.length)
  for (const { operationId, summary, tags, responses, at } of told) {
    expect([at, operationId]).toEqual([at, expect.stringMatching(/^[a-z][A-Za-z]+$/)])
    expect([at, summary]).toEqual([at, expect.stringMatching(/^[A-Z].+[^.]$/)])
    expect([at, tags]).toEqual([at, [expect.any(String)]])
    const statuses = Object.keys(responses).map(Number)
    expect([at, statuses.some((status) => status < 300)]).toEqual([at, true])
    expect([at, statuses]).toEqual([at, expect.arrayContaining([400, 500])])
    for (const [status, answer] of Object.entries(responses)) {
      expect([at, status, answer['description']]).toEqual([at, status, expect.stringMatching(/\S/)])
      expect([at, status, mediaTypesOf(answer)]).toEqual([at, status, mediaTypesOfStatus(Number(status))])
    }
  }
})

test('every parameter and header of a request is told', () => {
  const parameters = Object.values(
    (document['components'] as { parameters: Record<string, Node> }).parameters,
  )

  for (const { name, description, schema } of parameters) {
    expect([name, description, schema]).toEqual([name, expect.stringMatching(/\S/), expect.any(Object)])
  }
})

test('every reference leads somewhere', () => {
  const references = everyNode(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []))

  expect(references).not.toHaveLength(0)
  expect(references.filter((reference) => follow(reference) === undefined)).toEqual([])
})

test('every example fits the schema that it stands in', () => {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema(document, 'openapi')
  const examples = everyNode(document).flatMap((node) => {
    const { examples: several = [], example, schema = node } = node
    const given = example === undefined ? several : [example]
    return Array.isArray(given) ? given.map((value: unknown) => ({ value, schema })) : []
  })

  expect(examples).not.toHaveLength(0)
  for (const { value, schema } of examples) {
    // A schema as it stands in the document; its references start at the document's root.
    const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object
    expect([value, ajv.validate(rooted, value), ajv.errors]).toEqual([value, true, null])
  }
})

interface Told {
  readonly at: string
  readonly operationId: unknown
  readonly summary: unknown
  readonly tags: unknown
  readonly responses: Readonly<Record<string, Node>>
}

function operations(): Told[] {
  const paths = document['paths'] as Record<string, Record<string, Omit<Told, 'at'>>>
  return Object.entries(paths).flatMap(([address, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, at: `${method} ${address}` })),
  )
}

function mediaTypesOf({ content = {} }: Node): string[] {
  return Object.keys(content as object)
}

function mediaTypesOfStatus(status: number): string[] {
  if (status === 304) return []
  return [status < 400 ? 'application/json' : 'application/problem+json']
}

/** The object and all objects inside it. */
function everyNode(node: unknown): Node[] {
  if (typeof node !== 'object' || node === null) return []
  return [node as Node, ...Object.values(node).flatMap(everyNode)]
}

function follow(reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((node, name) => (node as Node | undefined)?.[decodePointer(name)], document)
}

function decodePointer(name: string): string {
  return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')
}
