import { readFileSync } from 'node:fs'
import path from 'node:path'
import { KEEP_ALIVE, OUTBOX_FLUSH } from './server-times.ts'

/** The API's own constants: a program that runs cannot be imported, so its text is read. */
const main = readFileSync(path.resolve(import.meta.dirname, '../../apps/cart-api/src/main.ts'), 'utf8')

test.each([
  ['KEEP_ALIVE_TIMEOUT', KEEP_ALIVE],
  ['FLUSH_PATIENCE', OUTBOX_FLUSH],
])('%s of the API is what the time rules reckon with', (name, seconds) => {
  const [, milliseconds = ''] = new RegExp(`const ${name} = ([\\d_]+)`).exec(main) ?? []

  expect(Number(milliseconds.replaceAll('_', ''))).toBe(seconds * 1000)
})
