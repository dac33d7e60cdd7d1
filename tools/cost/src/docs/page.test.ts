import { readFileSync } from 'node:fs'
import path from 'node:path'
import { costsOfRepository } from './costs.ts'
import { costPage } from './page.ts'

test('docs/reference/cost.md is what tables and stacks say (else: npm run docs)', async () => {
  const page = path.join(import.meta.dirname, '../../../../docs/reference/cost.md')

  expect(readFileSync(page, 'utf8')).toBe(costPage(await costsOfRepository()))
})
