import { TinyWorkspace } from './test/tiny-workspace.ts'
import { fingerprint, readWorkspace } from './workspace.mjs'

let workspace: TinyWorkspace

beforeEach(() => {
  workspace = new TinyWorkspace()
})

afterEach(() => workspace.clear())

function look(): string {
  return fingerprint(workspace.folder, readWorkspace(workspace.folder))
}

test('all packages are found, with what has to be installed for each', () => {
  workspace.write('packages/no-package/readme.txt', '')

  const { packages } = readWorkspace(workspace.folder)

  expect(packages.map(({ folder, dependencies }) => [folder, ...dependencies])).toEqual([
    ['.', 'greet'],
    ['packages/greet'],
    ['packages/shop', 'greet'],
  ])
})

test.each([
  ['apps/*', 'apps/web'],
  ['"apps/*"', 'apps/web'],
  ["'deeper/apps/*'", 'deeper/apps/web'],
  ['infra', 'infra'],
])('the pattern %s is understood', (pattern, folder) => {
  workspace.write(
    'pnpm-workspace.yaml',
    `pmOnFail: ignore\npackages:\n  - packages/*\n  - ${pattern}\nother: x\n`,
  )
  workspace.writeJson(`${folder}/package.json`, {})

  const { packages } = readWorkspace(workspace.folder)

  expect(packages.map((found) => found.folder)).toContain(folder)
})

test.each<[string, () => void]>([
  ['the lock file', () => workspace.write('pnpm-lock.yaml', 'other')],
  ["the workspace's settings", () => workspace.write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n')],
  ["a package's package.json", () => workspace.writeJson('packages/greet/package.json', {})],
  ['the set of packages', () => workspace.writeJson('packages/new/package.json', {})],
  ["a package's folder", () => move('packages/greet/package.json', 'packages/salute/package.json')],
])('another install is wanted when %s changes', (_what, change) => {
  const before = look()
  change()

  expect(look()).not.toBe(before)
})

test('the sources of a package do not matter', () => {
  const before = look()
  workspace.write('packages/greet/greet.mjs', 'other')

  expect(look()).toBe(before)
})

function move(from: string, to: string): void {
  workspace.write(to, workspace.read(from))
  workspace.remove(from)
}
