import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import rootManifest from '../../../package.json' with { type: 'json' }
import { endProcesses } from './processes.ts'

const LAUNCHER = path.resolve(import.meta.dirname, '..')

/** Exactly what pnpm makes of {@link ROOT_MANIFEST} and the two packages: nothing has to be downloaded for it. */
const LOCK = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .:
    devDependencies:
      greet:
        specifier: file:packages/greet
        version: link:packages/greet

  packages/greet: {}

  packages/shop:
    dependencies:
      greet:
        specifier: workspace:*
        version: link:../greet
`

/** The package manager runs it in each install: it counts, and it holds the install open while a file says so. */
const GATE = `import { appendFileSync, existsSync } from 'node:fs'
appendFileSync('installs', process.pid + '\\n')
setInterval(() => existsSync('hold') || process.exit(), 20)
`

export const ROOT_MANIFEST = {
  name: 'tiny',
  version: '1.0.0',
  private: true,
  type: 'module',
  packageManager: rootManifest.packageManager,
  scripts: { preinstall: 'node gate.mjs' },
  devDependencies: { greet: 'file:packages/greet' },
}

/** A clone of a small repository with our launcher: nothing is installed in it yet. */
export class TinyWorkspace {
  readonly folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'launch-')))

  constructor() {
    for (const file of readdirSync(LAUNCHER).filter((name) => name.endsWith('.mjs'))) {
      this.write(`tools/launch/${file}`, '')
      copyFileSync(path.join(LAUNCHER, file), this.path(`tools/launch/${file}`))
    }
    this.writeJson('package.json', ROOT_MANIFEST)
    this.writeJson('packages/greet/package.json', { name: 'greet', version: '1.0.0', bin: 'greet.mjs' })
    this.writeJson('packages/shop/package.json', { name: 'shop', dependencies: { greet: 'workspace:*' } })
    this.writeProgram(
      'packages/greet/greet.mjs',
      "#!/usr/bin/env node\nconsole.log('greetings to', process.argv[2])\n",
    )
    this.write('pnpm-workspace.yaml', 'packages:\n  - packages/*\npmOnFail: ignore\n')
    this.write('pnpm-lock.yaml', LOCK)
    this.write('gate.mjs', GATE)
    this.write('hello.ts', "console.log('hello' satisfies string)\n")
  }

  path(file: string): string {
    return path.join(this.folder, file)
  }

  has(file: string): boolean {
    return existsSync(this.path(file))
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8')
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(this.path(file)), { recursive: true })
    writeFileSync(this.path(file), text)
  }

  writeJson(file: string, value: unknown): void {
    this.write(file, JSON.stringify(value))
  }

  writeProgram(file: string, text: string): void {
    this.write(file, text)
    chmodSync(this.path(file), 0o755)
  }

  remove(file: string): void {
    rmSync(this.path(file), { recursive: true, force: true })
  }

  /** From now on an install does not end until it is let go. */
  holdInstalls(): void {
    this.write('hold', '')
  }

  letInstallsGo(): void {
    this.remove('hold')
  }

  /** How many installs have been begun so far. */
  installs(): number {
    return this.has('installs') ? this.read('installs').trim().split('\n').length : 0
  }

  /** Ends whatever still runs in it, and removes it. */
  async clear(): Promise<void> {
    await endProcesses(this.folder)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
