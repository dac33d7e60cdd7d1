import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { referencePages } from './reference.ts'

const FOLDER = path.join(import.meta.dirname, '../../../../docs/reference')

test.each(referencePages())(
  'docs/reference/$file is what the table says (else: npm run docs)',
  ({ file, text }) => {
    const page = readFileSync(path.join(FOLDER, file), 'utf8')

    expect(page).toBe(text)
  },
)

test('docs/reference/events holds no schema of an event that is gone', () => {
  const made = referencePages().map(({ file }) => file)

  expect(readdirSync(path.join(FOLDER, 'events')).filter((file) => !made.includes(`events/${file}`))).toEqual(
    [],
  )
})
