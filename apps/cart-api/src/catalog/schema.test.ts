import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { CatalogFileSchema, ProductListSchema } from './schema.ts'

// Another validator in its strict mode: what OpenAPI's readers see is JSON Schema 2020-12 without TypeBox.
const ajv = new Ajv2020({ strict: true })
const shop = JSON.parse(readFileSync(path.join(__dirname, '../../catalog/demo.json'), 'utf8'))

test('the schemas are plain JSON Schema, and another validator takes the demo shop by them', () => {
  const file = ajv.compile(JSON.parse(JSON.stringify(CatalogFileSchema)))
  const list = ajv.compile(JSON.parse(JSON.stringify(ProductListSchema)))

  expect(file(shop)).toBe(true)
  expect(list(shop)).toBe(true)
  expect(file({ ...shop, version: 1 })).toBe(false)
  expect(list({ ...shop, version: 1 })).toBe(true)
})
