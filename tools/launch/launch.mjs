// Starts a program of this repository, from a clone on which nothing was installed yet:
//
//   node tools/launch/launch.mjs <file.ts> [argument…]      runs a TypeScript file
//   node tools/launch/launch.mjs --bin <tool> [argument…]   runs a tool of node_modules/.bin
//
// With `--first <file.ts>` in front, that file runs before, and the program only if it succeeds. (Two launches
// with && between them would need a shell, and a shell that gets a signal does not pass it on.)
//
// Plain JavaScript without dependencies, because it runs before there are any. This file stays readable for
// Node versions that are far too old: they have to get as far as the sentence that says so.

const oldestHost = 20
const found = process.versions.node

if (Number(found.split('.')[0]) < oldestHost) {
  console.error(
    `cartwright: Node ${oldestHost} or newer is needed to start, this is Node ${found} (${process.execPath}): ` +
      'install a current one from https://nodejs.org or with your version manager, then run the same command again',
  )
  process.exit(1)
}

import('./start.mjs').then(({ start }) => start(process.argv.slice(2)))
