import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import rootManifest from '../../package.json' with { type: 'json' }
import { launch } from './test/launching.ts'
import { ROOT_MANIFEST, TinyWorkspace } from './test/tiny-workspace.ts'

let workspace: TinyWorkspace

beforeEach(() => {
  workspace = new TinyWorkspace()
})

afterEach(() => workspace.clear())

/** A host's Node that says it is another version. */
function hostThatIs(version: string): string[] {
  const pretence = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  workspace.write('pretend.cjs', pretence)
  return [process.execPath, '--require', workspace.path('pretend.cjs')]
}

test.each(['18.20.8', '12.22.12', '0.12.18'])(
  'Node %s is too old to start, and told so in one line',
  async (version) => {
    const { code, stdout, stderr } = await launch(workspace, ['hello.ts'], { host: hostThatIs(version) })

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(
      /^cartwright: Node 20 or newer is needed to start, this is Node \S+ \(\S+\): install .*\n$/,
    )
    expect(stderr).toContain(`this is Node ${version} `)
    expect(workspace.installs()).toBe(0)
  },
)

test('package.json promises no more than the launcher does', () => {
  expect(rootManifest.engines.node).toBe('>=20')
})

// Only there is a Node pinned; a real old host is tried too where there is one beside it.
const glibc = existsSync('/lib64/ld-linux-x86-64.so.2') || existsSync('/lib/ld-linux-aarch64.so.1')
const onGlibc = process.platform === 'linux' && glibc ? describe : describe.skip
const realOldNode = oldNodeOnPath()

onGlibc('on a host with an old Node', () => {
  const name = `node-linux-${process.arch}`

  beforeEach(() => {
    pinNode()
    workspace.write('program.ts', "console.log(process.env['PINNED'] satisfies unknown)")
  })

  test.each([
    ['says it is 20', () => hostThatIs('20.19.0')],
    ...(realOldNode === undefined ? [] : [['really is old', () => [realOldNode]] as const]),
  ] as const)('which %s, programs run on the pinned one', async (_what, host) => {
    expect(await launch(workspace, ['program.ts'], { host: host() })).toMatchObject({
      code: 0,
      stdout: 'yes\n',
    })
  })

  test('a pinned one that has gone is installed again', async () => {
    const host = hostThatIs('20.19.0')
    await launch(workspace, ['program.ts'], { host })
    workspace.remove(`node_modules/${name}`)

    const next = await launch(workspace, ['program.ts'], { host })

    expect(next).toMatchObject({ code: 0, stdout: 'yes\n' })
  })

  test('a pinned one that could not be fetched is told of, and tried again by the next start', async () => {
    const host = hostThatIs('20.19.0')
    const binary = workspace.read(`packages/${name}/bin/node`)
    workspace.remove(`packages/${name}/bin/node`)

    const failed = await launch(workspace, ['program.ts'], { host })
    workspace.writeProgram(`packages/${name}/bin/node`, binary)
    workspace.remove(`node_modules/${name}`)
    const next = await launch(workspace, ['program.ts'], { host })

    expect(failed).toMatchObject({ code: 1, stdout: '' })
    expect(failed.stderr).toMatch(
      /^installing .*\ncartwright: Node 24 or newer is needed on [^\n]+ could not be [^\n]+\n$/,
    )
    expect(next).toMatchObject({ code: 0, stdout: 'yes\n' })
  })

  /** Instead of the binary of 120 MB a program that starts the Node of this test and says that it did. */
  function pinNode(): void {
    workspace.writeJson(`packages/${name}/package.json`, { name, version: '1.0.0' })
    workspace.writeProgram(
      `packages/${name}/bin/node`,
      `#!/bin/sh\nPINNED=yes exec '${process.execPath}' "$@"\n`,
    )
    const specifier = `file:packages/${name}`
    workspace.writeJson('package.json', { ...ROOT_MANIFEST, optionalDependencies: { [name]: specifier } })
    const dependency = `    optionalDependencies:\n      ${name}:\n        specifier: ${specifier}\n        version: link:packages/${name}\n`
    const lock = workspace
      .read('pnpm-lock.yaml')
      .replace('\n  packages/greet', `${dependency}\n  packages/greet`)
      .replace('  packages/shop', `  packages/${name}: {}\n\n  packages/shop`)
    workspace.write('pnpm-lock.yaml', lock)
  }
})

/** Of the Nodes on PATH, one that starts the launcher but is too old for programs. */
function oldNodeOnPath(): string | undefined {
  return String(process.env['PATH'])
    .split(':')
    .map((folder) => path.join(folder, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => {
      const major = Number.parseInt(execFileSync(file, ['--version'], { encoding: 'utf8' }).slice(1), 10)
      return major >= 20 && major < 24
    })
}
