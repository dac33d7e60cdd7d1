// Writes the table of fields into environments/README.md. A test holds the two together.

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { withFields } from './readme.ts'

const page = path.resolve(import.meta.dirname, '../README.md')
writeFileSync(page, withFields(readFileSync(page, 'utf8')))
console.log('environments/README.md')
