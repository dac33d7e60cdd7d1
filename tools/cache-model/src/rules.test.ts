import { readFileSync } from 'node:fs'
import path from 'node:path'
import { RULES } from './rules.ts'

test('the page on the protocol has a heading for every rule, and says what the rule says', () => {
  const file = path.resolve(import.meta.dirname, '../../../docs/reference/cache-protocol.md')
  const sections = [...readFileSync(file, 'utf8').matchAll(/^#### `(.+)`\n\n(.+)$/gm)]

  expect(sections.map(([, id, says]) => ({ id, says }))).toEqual(RULES.map(({ id, says }) => ({ id, says })))
})
