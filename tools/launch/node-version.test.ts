import { existsSync } from 'node:fs'
import { assertNodeWithin, chooseNode, findNode } from './node-version.mjs'
import { TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeEach(() => {
  workspace = new TinyWorkspace()
})

afterEach(async () => {
  pretend(real)
  await workspace.clear()
})

const real = { versions: process.versions, platform: process.platform, arch: process.arch }

/** What the host tells of itself; everything else stays real. */
function host(node: string, platform: NodeJS.Platform, arch = real.arch): void {
  pretend({ versions: { ...real.versions, node }, platform, arch })
}

function pretend(told: Pick<NodeJS.Process, keyof typeof real>): void {
  for (const [name, value] of Object.entries(told)) {
    Object.defineProperty(process, name, { value, configurable: true })
  }
}

/** Pins are for glibc; a Linux without it (Alpine) counts as a platform without a pinned Node. */
const glibc = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'].some((loader) =>
  existsSync(loader),
)
const onGlibc = process.platform === 'linux' && glibc ? test : test.skip
const pinnedBinary = `node_modules/node-linux-${process.arch}/bin/node`

onGlibc.each(['20.0.0', '24.0.0', '26.1.0'])('on Node %s programs run on the pinned one', (version) => {
  host(version, 'linux')
  workspace.write(pinnedBinary, '')

  expect(chooseNode(workspace.folder)).toBe(workspace.path(pinnedBinary))
})

test.each([
  ['24.0.0', 'darwin'],
  ['26.1.0', 'darwin'],
  ['100.0.0', 'win32'],
  ['24.0.0', 'linux'],
] as const)('on Node %s for %s without a pinned one programs run on the host’s own', (version, platform) => {
  host(version, platform)

  expect(() => assertNodeWithin()).not.toThrow()
  expect(chooseNode(workspace.folder)).toBe(process.execPath)
})

test.each(['20.19.0', '22.22.0', '23.11.1'])(
  'where no Node is pinned, Node %s is refused before anything is installed',
  (version) => {
    host(version, 'darwin', 'arm64')

    const refusal =
      `Node 24 or newer is needed on darwin-arm64, this is Node ${version} (${process.execPath}), and there is no ` +
      'pinned one for this platform: install Node 24 from https://nodejs.org or with your version manager, then run ' +
      'the same command again'
    expect(() => assertNodeWithin()).toThrow(refusal)
    expect(() => chooseNode(workspace.folder)).toThrow(refusal)
    expect(findNode(workspace.folder)).toBeUndefined()
  },
)

test('a processor without a pinned Node does not get that of another one', () => {
  workspace.write(pinnedBinary, '')
  host('22.0.0', 'linux', 'riscv64')

  expect(() => chooseNode(workspace.folder)).toThrow('there is no pinned one for this platform')
})

onGlibc('a pinned Node that is not there yet is no reason to refuse, but one that never came is', () => {
  host('20.19.0', 'linux')

  expect(() => assertNodeWithin()).not.toThrow()
  expect(() => chooseNode(workspace.folder)).toThrow(
    `node-linux-${process.arch} could not be installed: install Node 24`,
  )
})
