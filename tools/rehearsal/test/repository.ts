import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ROOT = path.resolve(__dirname, '../../..')

/** Of the product's own repository the files that are there now, whether they were committed or not: one to push commits to. */
export class Repository {
  readonly folder: string

  /**
   * @param without files that match are left out
   * @param check what `npm run check` does there
   */
  constructor(folder: string, without: RegExp, check?: string) {
    this.folder = folder
    mkdirSync(folder)
    const listed = git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0')
    // What was deleted and not committed is listed still.
    const there = listed.filter((file) => file !== '' && existsSync(path.join(ROOT, file)))
    for (const file of there.filter((name) => !without.test(name)))
      cpSync(path.join(ROOT, file), path.join(folder, file))
    if (check !== undefined) {
      const { scripts, ...rest } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
        scripts: object
      }
      this.write(
        'package.json',
        `${JSON.stringify({ ...rest, scripts: { ...scripts, check } }, undefined, 2)}\n`,
      )
    }
    git(folder, 'init', '--quiet', '--initial-branch=develop')
    this.commit('as it is')
  }

  write(file: string, text: string): void {
    writeFileSync(path.join(this.folder, file), text)
  }

  /** Replaces a text in a file; it has to be there once. */
  edit(file: string, from: string, to: string): void {
    const whole = path.join(this.folder, file)
    const text = readFileSync(whole, 'utf8')
    if (text.split(from).length !== 2) throw new Error(`${file} has not once: ${from}`)
    writeFileSync(
      whole,
      text.replace(from, () => to),
    )
  }

  /** @returns the commit's id */
  commit(message: string): string {
    git(this.folder, 'add', '--all')
    const author = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com']
    git(this.folder, ...author, 'commit', '--quiet', '--allow-empty', '-m', message)
    return git(this.folder, 'rev-parse', 'HEAD').trim()
  }

  /** What was committed last is taken back, as one would do who pushed what fails. */
  revert(): void {
    git(this.folder, 'reset', '--quiet', '--hard', 'HEAD~1')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}
