import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInstaller } from './installer.mjs'
import { findNode } from './node-version.mjs'
import { takeTurn } from './turn.mjs'
import { fingerprint, readWorkspace } from './workspace.mjs'

/**
 * Installs the workspace's dependencies unless exactly these are installed already. Starts at the same time
 * install once; an install that was killed is done again.
 *
 * @param {string} root
 */
export async function installDependencies(root) {
  const workspace = readWorkspace(root)
  const wanted = fingerprint(root, workspace)
  if (isInstalled(root, workspace, wanted)) return

  const folder = ownFolder(root)
  mkdirSync(folder, { recursive: true })
  const turn = await takeTurn(folder, (pid) =>
    console.error(`waiting for process ${pid}, which is installing the dependencies…`),
  )
  try {
    if (isInstalled(root, workspace, wanted)) return
    const first = !existsSync(stamp(root))
    // Before anything changes: from here until the end, whatever happens, the next start installs again.
    rmSync(stamp(root), { force: true })
    if (hasTracesOfNpm(root)) clearModules(root)
    console.error(`installing dependencies (${first ? 'first start, about 20 s' : 'they have changed'})…`)
    await runInstaller(root, workspace.packageManager, turn.shareWith)
    writeFileSync(stamp(root), wanted)
  } finally {
    turn.end()
  }
}

/** @param {string} root */
function ownFolder(root) {
  return join(root, 'node_modules', '.launch')
}

/**
 * Holds the fingerprint of what is installed; missing while something is being installed.
 *
 * @param {string} root
 */
function stamp(root) {
  return join(ownFolder(root), 'installed')
}

/**
 * @param {string} root
 * @param {import('./workspace.mjs').Workspace} workspace
 * @param {string} wanted
 */
function isInstalled(root, workspace, wanted) {
  if (!existsSync(stamp(root)) || readFileSync(stamp(root), 'utf8') !== wanted || hasTracesOfNpm(root))
    return false
  // The pinned Node is an optional dependency: pnpm succeeds without it when the registry failed for a moment.
  if (findNode(root) === undefined) return false
  // `rm -rf node_modules/*` leaves the stamp, a deleted apps/x/node_modules too.
  return workspace.packages.every(({ folder, dependencies }) =>
    dependencies.every((name) => existsSync(join(root, folder, 'node_modules', name))),
  )
}

/**
 * `npm install` in the root lays out only a part of the workspace, in a way pnpm does not clear up.
 *
 * @param {string} root
 */
function hasTracesOfNpm(root) {
  return existsSync(join(root, 'node_modules', '.package-lock.json'))
}

/** @param {string} root */
function clearModules(root) {
  const modules = join(root, 'node_modules')
  for (const name of readdirSync(modules)) {
    if (join(modules, name) !== ownFolder(root)) rmSync(join(modules, name), { recursive: true, force: true })
  }
}
