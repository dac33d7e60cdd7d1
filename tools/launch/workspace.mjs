import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { LaunchProblem } from './launch-problem.mjs'

/**
 * @typedef {object} Workspace
 * @property {string} packageManager name and version, as the root package.json pins it: `pnpm@1.2.3`
 * @property {readonly WorkspacePackage[]} packages the root first, then the others by folder
 *
 * @typedef {object} WorkspacePackage
 * @property {string} folder relative to the root
 * @property {string} manifest the text of its package.json
 * @property {readonly string[]} dependencies names of what has to be installed for it
 */

/**
 * @param {string} root
 * @returns {Workspace}
 */
export function readWorkspace(root) {
  const packages = ['.', ...packageFolders(root)].map((folder) => readPackage(root, folder))
  const { packageManager } = JSON.parse(packages[0]?.manifest ?? '{}')
  if (!/^pnpm@\d+\.\d+\.\d+$/.test(packageManager)) {
    throw new LaunchProblem(
      `package.json does not pin the package manager: its "packageManager" is ${JSON.stringify(packageManager)}, ` +
        'wanted "pnpm@<major>.<minor>.<patch>"',
    )
  }
  return { packageManager, packages }
}

/**
 * Changes whenever an install could lead to something else: with the locked versions, the workspace's settings,
 * any of its package.json files, or the platform.
 *
 * @param {string} root
 * @param {Workspace} workspace
 */
export function fingerprint(root, workspace) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`)
  for (const name of ['pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    hash.update(`\0${name}\0`).update(read(root, name))
  for (const { folder, manifest } of workspace.packages) hash.update(`\0${folder}\0`).update(manifest)
  return hash.digest('hex')
}

/**
 * The folders that the patterns of pnpm-workspace.yaml name. Read without a YAML parser, which would have to
 * be installed first: the patterns are a plain list, each `<folder>` or `<folder>/*`.
 *
 * @param {string} root
 */
function packageFolders(root) {
  const list = /^packages:\n((?: +- .*\n)*)/m.exec(read(root, 'pnpm-workspace.yaml'))?.[1] ?? ''
  const patterns = [...list.matchAll(/- +["']?([^*"'\s]+?)(\/\*)?["']?$/gm)]
  return patterns
    .map(([, folder, below]) => ({ folder: String(folder), below: below !== undefined }))
    .filter(({ folder }) => existsSync(join(root, folder)))
    .flatMap(({ folder, below }) =>
      below ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : [folder],
    )
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {WorkspacePackage}
 */
function readPackage(root, folder) {
  const file = join(folder, 'package.json')
  const manifest = read(root, file)
  try {
    const { dependencies, devDependencies } = JSON.parse(manifest)
    return { folder, manifest, dependencies: Object.keys({ ...dependencies, ...devDependencies }) }
  } catch (error) {
    throw new LaunchProblem(`${file} is not valid JSON: ${oneLine(error)}`)
  }
}

/**
 * @param {string} root
 * @param {string} file
 */
function read(root, file) {
  try {
    return readFileSync(join(root, file), 'utf8')
  } catch (error) {
    throw new LaunchProblem(`${file} cannot be read: ${/** @type {Error} */ (error).message}`)
  }
}

/**
 * What JSON.parse says quotes the text, line ends included.
 *
 * @param {unknown} error
 */
function oneLine(error) {
  return /** @type {Error} */ (error).message.replaceAll(/\s+/g, ' ')
}
