import { execFileSync } from 'node:child_process'
import { launch } from './test/launching.ts'
import { ROOT_MANIFEST, TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeAll(() => {
  workspace = new TinyWorkspace()
})

afterAll(() => workspace.clear())

test('the first start installs and says so, the second finds everything installed', async () => {
  const first = await launch(workspace)
  const second = await launch(workspace)

  expect(first).toMatchObject({ code: 0, stdout: 'hello\n' })
  expect(first.stderr).toBe('installing dependencies (first start, about 20 s)…\n')
  expect(second).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' })
  expect(workspace.installs()).toBe(1)
})

const changes: readonly (readonly [string, (workspace: TinyWorkspace) => void])[] = [
  ['another lock file', () => append('pnpm-lock.yaml', '# new\n')],
  ['other settings of the workspace', () => append('pnpm-workspace.yaml', '# new\n')],
  [
    'another root package.json',
    () => workspace.writeJson('package.json', { ...ROOT_MANIFEST, version: '2.0.0' }),
  ],
  ['another package.json of a package', () => append('packages/shop/package.json', '\n')],
  ['the removal of node_modules', () => workspace.remove('node_modules')],
  ['the removal of what is in node_modules', () => workspace.remove('node_modules/greet')],
  ["the removal of a package's node_modules", () => workspace.remove('packages/shop/node_modules')],
]

test.each(changes)('after %s it installs again, once', async (_change, change) => {
  await launch(workspace)
  const installsBefore = workspace.installs()
  change(workspace)

  const next = await launch(workspace)
  const afterThat = await launch(workspace)

  expect(next).toMatchObject({ code: 0, stdout: 'hello\n' })
  expect(next.stderr).toContain('installing dependencies')
  expect(afterThat.stderr).toBe('')
  expect(workspace.installs()).toBe(installsBefore + 1)
  expect(workspace.has('node_modules/greet/package.json')).toBe(true)
  expect(workspace.has('packages/shop/node_modules/greet/package.json')).toBe(true)
})

test('what npm install has laid out is cleared away, once', async () => {
  await launch(workspace)
  npmInstall()
  workspace.write('node_modules/laid-out-by-npm/package.json', '{}')

  const next = await launch(workspace, ['--bin', 'greet', 'you'])
  const afterThat = await launch(workspace)

  expect(next).toMatchObject({ code: 0, stdout: 'greetings to you\n' })
  expect(workspace.has('node_modules/.package-lock.json')).toBe(false)
  expect(workspace.has('node_modules/laid-out-by-npm')).toBe(false)
  expect(afterThat.stderr).toBe('')
})

function append(file: string, text: string): void {
  workspace.write(file, workspace.read(file) + text)
}

/** As somebody does who has not read the README. */
function npmInstall(): void {
  const options = ['--offline', '--ignore-scripts', '--no-package-lock', '--no-audit', '--no-fund']
  execFileSync('npm', ['install', ...options], { cwd: workspace.folder, stdio: 'ignore' })
  expect(workspace.has('node_modules/.package-lock.json')).toBe(true)
}
