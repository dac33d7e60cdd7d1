import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { ImageProblem } from './problem.ts'

const run = promisify(execFile)
const ROOT = path.resolve(import.meta.dirname, '../../..')
const API = path.join(ROOT, 'apps/cart-api')

/** What an image is built by. */
export const DOCKERFILE = path.join(API, 'Dockerfile')

/** What is in the image, by CycloneDX. */
export const SBOM = 'sbom.cdx.json'

/**
 * Fills a folder with all that goes into the API's image, and with nothing else: what Docker calls the build context.
 *
 *     dist/  catalog/  package.json  sbom.cdx.json  warm-up.mjs
 *
 * @param folder an empty one, or none yet
 * @throws {ImageProblem} where something is in it
 */
export async function makeContext(folder: string): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new ImageProblem(`${folder} is not empty; wanted: an empty folder, or one that is not there yet`)
  }
  await makeApp(folder)
  cpSync(path.join(API, 'image/warm-up.mjs'), path.join(folder, 'warm-up.mjs'))
  writeFileSync(path.join(folder, SBOM), await billOfMaterials())
}

/** Fills a folder with what runs: the bundled server, its catalog, and what tells Node that these are modules. */
export async function makeApp(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await run(process.execPath, [path.join(API, 'build.ts'), path.resolve(folder, 'dist')], { cwd: ROOT })
  cpSync(path.join(API, 'catalog'), path.join(folder, 'catalog'), { recursive: true })
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}\n')
}

/** The packages of the lockfile that the API runs on, as pnpm lists them; the same for the same lockfile. */
async function billOfMaterials(): Promise<string> {
  const { packageManager } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  const about = ['--filter', '@cartwright/cart-api', '--prod', '--lockfile-only']
  const format = ['--sbom-format', 'cyclonedx', '--sbom-type', 'application']
  const { stdout } = await run('npx', ['--yes', packageManager, 'sbom', ...about, ...format], {
    cwd: ROOT,
    maxBuffer: 64 * 1024 * 1024,
  })
  const {
    serialNumber: _,
    metadata,
    ...rest
  } = JSON.parse(stdout) as {
    serialNumber: string
    metadata: { timestamp?: string }
  }
  const { timestamp: __, ...lasting } = metadata
  return `${JSON.stringify({ ...rest, metadata: lasting }, undefined, 2)}\n`
}
