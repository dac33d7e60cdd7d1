// Writes the reference page of costs. A test holds it to the tables and the stacks.

import '@cartwright/infra/fast-loading'
import { writeFileSync } from 'node:fs'
import path from 'node:path'

const { costsOfRepository } = await import('./costs.ts')
const { costPage } = await import('./page.ts')

const PAGE = 'docs/reference/cost.md'

writeFileSync(path.join(import.meta.dirname, '../../../..', PAGE), costPage(await costsOfRepository()))
console.log(PAGE)
