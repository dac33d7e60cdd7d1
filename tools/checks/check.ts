// What `npm run check` runs, for the minutes between two edits: types, lint and the unit tests of what changed.

import { resolve } from 'node:path'
import { Commands } from './command.ts'
import { runTasks } from './turbo.ts'

const succeeded = await runTasks(new Commands(), resolve(import.meta.dirname, '../..'), [
  'types',
  'lint',
  'unit',
])
process.exitCode = succeeded ? 0 : 1
