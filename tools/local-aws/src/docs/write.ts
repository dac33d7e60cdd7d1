import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { localAwsPage } from './page.ts'

const PAGE = 'docs/reference/local-aws.md'

writeFileSync(path.join(import.meta.dirname, '../../../..', PAGE), localAwsPage())
console.log(PAGE)
