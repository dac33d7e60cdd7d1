import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { policyPage } from './page.ts'

const PAGE = 'docs/reference/policy.md'

writeFileSync(path.join(import.meta.dirname, '../../../..', PAGE), policyPage())
console.log(PAGE)
