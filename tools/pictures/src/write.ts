// Writes the pictures of what is deployed. A test holds them to the stack.

import '@cartwright/infra/fast-loading'

import { writeFileSync } from 'node:fs'
import path from 'node:path'

const { FOLDER, PICTURES, shownStack } = await import('./pictures.ts')

const stack = await shownStack()
for (const [file, draw] of Object.entries(PICTURES)) {
  writeFileSync(path.join(FOLDER, file), draw(stack))
  console.log(`docs/images/${file}`)
}
