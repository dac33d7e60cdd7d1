// What `npm run docs` runs: writes every page, or part of a page, that is made from a table of the code.

import { resolve } from 'node:path'
import { Commands } from './command.ts'
import { WRITERS } from './writers.ts'

const root = resolve(import.meta.dirname, '../..')
const commands = new Commands()
for (const writer of WRITERS) {
  if ((await commands.run(process.execPath, [resolve(root, writer)], process.env)) !== 0) process.exitCode = 1
}
