import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { layoutOfArchive } from '../oci/archive.ts'
import type { ImageConfig } from '../oci/image-config.ts'
import { ImageProblem } from '../problem.ts'

export interface BuildOptions {
  readonly dockerfile: string
  /** The folder that COPY copies from. */
  readonly context: string
  /** `repository:tag` */
  readonly name: string
  /** Values of ARG. */
  readonly args: Readonly<Record<string, string>>
  /** Gets what the build says, line by line. */
  readonly hear?: (line: string) => void
}

/** A program that builds images of Dockerfiles. */
export class Engine {
  readonly name: 'docker' | 'buildah'
  readonly #words: readonly string[]

  /** @param words the program, and what comes before its commands */
  constructor(name: 'docker' | 'buildah', words: readonly string[]) {
    this.name = name
    this.#words = words
  }

  /** @throws {ImageProblem} with the last that the build said */
  async build({ dockerfile, context, name, args, hear }: BuildOptions): Promise<void> {
    const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
    // OCI's format has no health check; what is on this machine alone can be pulled from nowhere.
    const isLocal = Object.values(args).some((value) => value.startsWith('localhost/'))
    const own =
      this.name === 'docker'
        ? []
        : ['--isolation', 'chroot', '--format', 'docker', ...(isLocal ? ['--pull-never'] : [])]
    const command = ['build', ...own, '--file', dockerfile, ...given, '--tag', name, context]
    await this.run(command, hear)
  }

  /** @throws {ImageProblem} where there is none */
  async config(name: string): Promise<ImageConfig> {
    const command = this.name === 'docker' ? ['image', 'inspect'] : ['inspect', '--type', 'image']
    const told = JSON.parse(await this.run([...command, name])) as
      | [{ Config: ImageConfig }]
      | { Docker: { config: ImageConfig } }
    return 'Docker' in told ? told.Docker.config : told[0].Config
  }

  /**
   * Saves an image as an OCI layout.
   *
   * @param folder an empty one, or none yet
   * @throws {ImageProblem} where there is no such image
   */
  async save(name: string, folder: string): Promise<void> {
    const scratch = mkdtempSync(path.join(tmpdir(), 'cartwright-save-'))
    const archive = path.join(scratch, 'image.tar')
    const unpacked = path.join(scratch, 'unpacked')
    try {
      await this.run(
        this.name === 'docker'
          ? ['save', '--output', archive, name]
          : ['push', name, `docker-archive:${archive}`],
      )
      mkdirSync(unpacked)
      await layoutOfArchive(archive, unpacked, folder)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }

  /**
   * @param hear gets what it says, line by line
   * @returns its standard output
   * @throws {ImageProblem} where it fails, with what it said
   */
  async run(command: readonly string[], hear?: (line: string) => void): Promise<string> {
    const [program = '', ...before] = this.#words
    const child = spawn(program, [...before, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without attestations an image is one manifest, which can be promoted as it is.
      env: { ...process.env, BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
    })
    let answer = ''
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer += text
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4_000)
        for (const line of text.split('\n')) if (line !== '') hear?.(line)
      })
    }
    const [code] = (await once(child, 'close')) as [number | null]
    if (code === 0) return answer
    throw new ImageProblem(`${this.name} ${command[0]} failed (exit code ${String(code)}):\n${said.trim()}`)
  }
}
