import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { referencePages } from './reference.ts'

const FOLDER = path.join(import.meta.dirname, '../../../../docs/reference')

mkdirSync(path.join(FOLDER, 'events'), { recursive: true })
for (const { file, text } of referencePages()) {
  writeFileSync(path.join(FOLDER, file), text)
  process.stdout.write(`docs/reference/${file}\n`)
}
