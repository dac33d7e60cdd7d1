// `npm run image`: see options.ts for what it does.

import { buildImage } from './build.ts'
import { makeContext } from './context.ts'
import { findEngine } from './engine/find.ts'
import { makeNodeBase } from './node-base.ts'
import { BadOptions, HELP, type Options, readOptions } from './options.ts'
import { ImageProblem } from './problem.ts'
import { releaseOfSources } from './release.ts'

async function run(options: Options): Promise<void> {
  if (options.command === 'context') {
    await makeContext(options.folder)
    console.log(`${options.folder} holds what apps/cart-api/Dockerfile copies`)
    return
  }
  const engine = findEngine()
  const release = options.tag ?? (await releaseOfSources())
  const name = `${options.repository}:${release}`
  const hear = (line: string): void => console.log(`  ${line}`)
  if (options.nodeImage === 'own') console.log(`${engine.name}: a base of Node ${process.version}`)
  const nodeImage = options.nodeImage === 'own' ? await makeNodeBase(engine) : options.nodeImage
  console.log(`${engine.name}: ${name}`)
  await buildImage({ engine, name, release, nodeImage, hear })
  console.log(name)
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else await run(options)
} catch (error) {
  if (error instanceof BadOptions) {
    console.error(`image: ${error.message}\n\n${HELP}`)
    process.exitCode = 2
  } else if (error instanceof ImageProblem) {
    console.error(`image: ${error.message}`)
    process.exitCode = 1
  } else throw error
}
