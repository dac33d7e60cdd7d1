import { readFileSync } from 'node:fs'
import path from 'node:path'
import { referencePages } from './reference.ts'

test.each(referencePages())(
  'docs/reference/$file is what the table says (else: npm run docs)',
  ({ file, text }) => {
    const page = readFileSync(path.join(import.meta.dirname, '../../../../docs/reference', file), 'utf8')

    expect(page).toBe(text)
  },
)
