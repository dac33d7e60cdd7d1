// `npm run rotate`: see options.ts for what it does.

import { ask } from '../ask.ts'
import { run } from '../program.ts'
import { HELP, readOptions } from './options.ts'
import { findPlace } from './place.ts'
import { rotateToken } from './rotate.ts'

const tell = (line: string): void => console.log(line)

await run({ name: 'rotate', help: HELP, tell }, async () => {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(HELP)
    return
  }
  const { account, ...place } = await findPlace(options.environment)
  const here = `${options.environment} of account ${account} in ${place.region}`
  if (!options.isYes) await ask(`Rotate the Redis token of ${here}?`)
  await rotateToken({ ...place, interval: options.interval * 1000, tell })
  tell(`${here} has a new Redis token`)
})
