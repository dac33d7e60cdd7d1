import { readFileSync } from 'node:fs'
import path from 'node:path'
import { withFields } from './readme.ts'

test('README.md tells every field as it is', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8')

  expect(withFields(page)).toBe(page)
})
