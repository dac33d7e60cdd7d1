import { type Ended, launch } from './test/launching.ts'
import { ROOT_MANIFEST, TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeEach(() => {
  workspace = new TinyWorkspace()
})

afterEach(() => workspace.clear())

const NOWHERE = 'http://127.0.0.1:1/'

test('without a registry to fetch the package manager from it says so, and the next start tries again', async () => {
  const environment = {
    npm_config_registry: NOWHERE,
    npm_config_cache: workspace.path('empty-cache'),
    npm_config_fetch_retry_mintimeout: '1',
  }

  const failed = await launch(workspace, ['hello.ts'], { environment })
  const next = await launch(workspace)

  expect(failed.code).toBe(1)
  expect(adviceOf(failed)).toMatch(
    /^the package registry cannot be reached: .*; then run the same command again$/,
  )
  expect(next).toMatchObject({ code: 0, stdout: 'hello\n' })
})

test('without a registry to fetch a package from it says so', async () => {
  needPackage('1.0.0')

  const failed = await launch(workspace, ['hello.ts'], { environment: unreachable() })

  expect(failed.code).toBe(1)
  expect(adviceOf(failed)).toMatch(/^the package registry cannot be reached: /)
})

test('while a download is tried again it says that it takes longer, once', async () => {
  needPackage(`${NOWHERE}missing.tgz`)

  const failed = await launch(workspace, ['hello.ts'], { environment: unreachable() })

  expect(failed.stderr.match(/^the package registry does not answer, trying again…$/gm)).toHaveLength(1)
  expect(adviceOf(failed)).toMatch(/^the package registry cannot be reached: /)
})

test('a lock file that does not fit is named with the command that mends it, each time anew', async () => {
  workspace.writeJson('packages/greet/package.json', { name: 'greet', dependencies: { shop: 'workspace:*' } })

  const failed = await launch(workspace)
  const next = await launch(workspace)

  const advice =
    `pnpm-lock.yaml does not fit a package.json: bring it up to date with "npx ${ROOT_MANIFEST.packageManager} install"; ` +
    'then run the same command again'
  expect([failed.code, next.code]).toEqual([1, 1])
  expect([adviceOf(failed), adviceOf(next)]).toEqual([advice, advice])
})

test('what failed for another reason is shown, and what was said before the end is not', async () => {
  workspace.write(
    'gate.mjs',
    "for (let n = 1; n <= 100; n++) console.log('step', n)\nconsole.log('the oven is cold')\nprocess.exit(3)\n",
  )

  const failed = await launch(workspace)

  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('the oven is cold')
  expect(failed.stderr).not.toContain('step 50')
  expect(adviceOf(failed)).toBe('read what is said above; then run the same command again')
})

test('on a host without npx it says where npx comes from', async () => {
  const failed = await launch(workspace, ['hello.ts'], { environment: { PATH: workspace.path('nothing') } })

  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain(
    'cartwright: dependencies could not be installed: npx does not start (spawn npx ENOENT): it comes with Node',
  )
})

/** For pnpm, which npx still fetches from the real registry if need be. */
function unreachable(): NodeJS.ProcessEnv {
  return {
    pnpm_config_registry: NOWHERE,
    pnpm_config_store_dir: workspace.path('empty-store'),
    pnpm_config_fetch_retry_mintimeout: '1',
  }
}

/** The last line of the one message, after what the installer said, indented and never more than fits a screen. */
function adviceOf({ stderr }: Ended): string {
  const message =
    /^cartwright: dependencies could not be installed: exit code \d+\n((?: {2}.*\n){1,15})(.+)\n$/m
  const [matched, , advice] = message.exec(stderr) ?? []
  if (matched === undefined || advice === undefined || !stderr.endsWith(matched)) {
    throw new Error(`not one message with its advice at the end: ${stderr}`)
  }
  return advice
}

/** Adds a package that is nowhere to be had; no install gets so far as to notice. */
function needPackage(version: string): void {
  const integrity = `integrity: sha512-${Buffer.alloc(64).toString('base64')}`
  const resolution = version.startsWith('http') ? `${integrity}, tarball: ${version}` : integrity
  workspace.writeJson('package.json', { ...ROOT_MANIFEST, dependencies: { missing: version } })
  const dependency = `    dependencies:\n      missing:\n        specifier: ${version}\n        version: ${version}\n`
  const packages = `\npackages:\n\n  missing@${version}:\n    resolution: {${resolution}}\n    version: 1.0.0\n`
  const snapshots = `\nsnapshots:\n\n  missing@${version}: {}\n`
  const lock = workspace.read('pnpm-lock.yaml').replace('  .:\n', `  .:\n${dependency}`)
  workspace.write('pnpm-lock.yaml', `${lock}${packages}${snapshots}`)
}
