// Writes the reference page of outputs. A test holds it to the table.

import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { outputsPage } from './outputs-page.ts'

const PAGE = 'docs/reference/outputs.md'

writeFileSync(path.join(import.meta.dirname, '../../..', PAGE), outputsPage())
console.log(PAGE)
