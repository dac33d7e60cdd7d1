import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ENVIRONMENTS = path.resolve(import.meta.dirname, '../../../../environments')

/** What the pipeline delivers where a file names nothing: a rehearsal asks no code host. */
const REPOSITORY = 'rehearsed/cartwright'

/**
 * Files of environments that say what the user's say, and that each one has a pipeline: an environment that takes images over
 * does so from one that has.
 *
 * @param folder is made
 * @returns the variables that lead to them
 */
export function withPipelines(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = path.resolve(env['CARTWRIGHT_ENVIRONMENTS'] || ENVIRONMENTS)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
  for (const name of readdirSync(own).filter((file) => file.endsWith('.ts'))) {
    writeFileSync(
      path.join(folder, name),
      [
        `import declared from ${JSON.stringify(path.relative(folder, path.join(own, name)))}`,
        `export default { repositoryId: '${REPOSITORY}', ...declared, enableCicd: true }`,
        '',
      ].join('\n'),
    )
  }
  return { ...env, CARTWRIGHT_ENVIRONMENTS: folder }
}
