import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { readEnvironments } from '@cartwright/environments'
import { mutationTable } from '../random/table.ts'
import { policyPage } from './page.ts'

const PAGE = 'docs/reference/policy.md'

writeFileSync(
  path.join(import.meta.dirname, '../../../..', PAGE),
  policyPage(await readEnvironments({}), await mutationTable()),
)
console.log(PAGE)
