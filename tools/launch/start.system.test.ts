import { launch } from './test/launching.ts'
import { ROOT_MANIFEST, TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeEach(() => {
  workspace = new TinyWorkspace()
})

afterEach(() => workspace.clear())

const refusals: readonly {
  what: string
  args?: readonly string[]
  prepare?: () => void
  says: string | RegExp
}[] = [
  {
    what: 'without an argument',
    args: [],
    says: 'nothing to run: got "", wanted "[--first <file.ts>] <file.ts>',
  },
  { what: 'with --bin but no tool', args: ['--bin'], says: 'nothing to run: got "--bin", wanted' },
  { what: 'with --first but no file', args: ['--first'], says: 'nothing to run: got "--first", wanted' },
  {
    what: 'with --first but no program',
    args: ['--first', 'hello.ts'],
    says: 'got "--first hello.ts", wanted',
  },
  {
    what: 'without a package.json',
    prepare: () => workspace.remove('package.json'),
    says: 'package.json cannot be read: ENOENT',
  },
  {
    what: 'with a package.json that is no JSON',
    prepare: () => workspace.write('packages/shop/package.json', '{\n  "name": shop\n}\n'),
    says: 'packages/shop/package.json is not valid JSON: ',
  },
  {
    what: 'without a lock file',
    prepare: () => workspace.remove('pnpm-lock.yaml'),
    says: 'pnpm-lock.yaml cannot be read: ENOENT',
  },
  {
    what: 'without a pinned package manager',
    prepare: () => workspace.writeJson('package.json', { ...ROOT_MANIFEST, packageManager: undefined }),
    says: 'its "packageManager" is undefined, wanted "pnpm@<major>.<minor>.<patch>"',
  },
  {
    what: 'with a package manager that is pinned to a range',
    prepare: () => workspace.writeJson('package.json', { ...ROOT_MANIFEST, packageManager: 'pnpm@^12.0.0' }),
    says: 'its "packageManager" is "pnpm@^12.0.0", wanted',
  },
  {
    what: 'where node_modules cannot be made',
    prepare: () => workspace.write('node_modules', 'a file'),
    says: /ENOTDIR.*node_modules|EEXIST.*node_modules/,
  },
]

test.each(refusals)('$what it says so in one line, and installs nothing', async ({ args, prepare, says }) => {
  prepare?.()

  const { code, stdout, stderr } = await launch(workspace, args)

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^cartwright: [^\n]+\n$/)
  expect(stderr).toMatch(says)
  expect(workspace.installs()).toBe(0)
})

test('a tool that is not installed is named in one line', async () => {
  await launch(workspace)

  const { code, stderr } = await launch(workspace, ['--bin', 'no-such-tool'])

  expect(code).toBe(1)
  expect(stderr).toBe(
    `cartwright: there is no ${workspace.path('node_modules/.bin/no-such-tool')}, so it cannot be run\n`,
  )
})
