import { execFile } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { PATHS } from '@cartwright/local-aws'
import { findOrInstall } from '@cartwright/test-servers'
import type { Guard } from '../guard/guard.ts'
import { RehearsalProblem } from '../problem.ts'
import type { RehearsalState } from '../rehearsal/state.ts'
import { tell } from './emulator.ts'

const run = promisify(execFile)

/** What buildspecs start, and the package of Debian that has it. */
const PROGRAMS = { bash: 'bash', git: 'git', jq: 'jq', curl: 'curl', aws: 'awscli' } as const

/** What of this machine's environment builds see: how to reach package registries and Docker. */
const PASSED =
  /^(LANG|LC_\w+|(https?|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|npm_config_registry|DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY)|XDG_RUNTIME_DIR)$/i

const DOCKER = path.join(import.meta.dirname, 'stand-ins/docker.ts')

export interface WorkshopOptions {
  /** An existing one, for all that builds need and leave; it goes with the rehearsal. */
  readonly folder: string
  readonly guard: Guard
  /** Where the deployed API is. */
  readonly api: RehearsalState['api']
  /** Of the emulator. */
  readonly endpoint: string
  /** What images are made on. @default this machine's Node and its libraries */
  readonly nodeImage: string | undefined
  /** Told each line that builds say. */
  readonly hear: (line: string) => void
  readonly env: NodeJS.ProcessEnv
}

/**
 * The machine that CodeBuild would give to a build, as far as this one can be it: the programs that buildspecs start, pointed at
 * the emulator and at the rehearsed API.
 *
 *     bin/aws      the AWS CLI, also one that does not know AWS_ENDPOINT_URL yet
 *     bin/docker   builds by Docker or buildah, and pushes by ECR's API
 *     .curlrc      the API's host is this machine
 */
export class Workshop {
  readonly folder: string
  readonly guard: Guard
  readonly hear: (line: string) => void
  readonly #options: WorkshopOptions

  /** @throws {RehearsalProblem} where a program is missing, with how to get it */
  static async open(options: WorkshopOptions): Promise<Workshop> {
    const files: Record<string, string> = {}
    const missing: string[] = []
    for (const [name, pack] of Object.entries(PROGRAMS)) {
      const file = await findOrInstall(name, pack)
      if (file === undefined) missing.push(name)
      else files[name] = file
    }
    if (missing.length > 0) {
      const packages = missing.map((name) => PROGRAMS[name as keyof typeof PROGRAMS]).join(' ')
      throw new RehearsalProblem(
        `there is no ${missing.join(', no ')}, which buildspecs need; wanted: them on the PATH ` +
          `(Debian, Ubuntu: sudo apt-get install ${packages})`,
      )
    }
    const workshop = new Workshop(options)
    workshop.#lay(files['aws'] ?? 'aws')
    return workshop
  }

  private constructor(options: WorkshopOptions) {
    this.#options = options
    this.folder = options.folder
    this.guard = options.guard
    this.hear = options.hear
  }

  get #bin(): string {
    return path.join(this.folder, 'bin')
  }

  get #builds(): string {
    return path.join(this.folder, 'builds')
  }

  /** Where the stand-in for Docker notes what it has made. */
  get #docker(): string {
    return path.join(this.folder, 'docker')
  }

  /** A build's own folder; it is not there yet. */
  buildFolder(build: string): string {
    return path.join(this.#builds, build)
  }

  /** @param folder the build's own */
  environment(folder: string): Readonly<Record<string, string>> {
    const { env, nodeImage, api } = this.#options
    // What package managers remember, they remember for the next build.
    const [temporary, home] = [path.join(folder, 'tmp'), path.join(this.folder, 'home')]
    for (const one of [temporary, home]) mkdirSync(one, { recursive: true })
    const users = env['HOME'] ?? homedir()
    // It may say how to reach the package registry.
    if (existsSync(path.join(users, '.npmrc'))) cpSync(path.join(users, '.npmrc'), path.join(home, '.npmrc'))
    const passed = Object.entries(env).filter(([name, value]) => PASSED.test(name) && value !== undefined)
    const direct = [
      env['no_proxy'] ?? env['NO_PROXY'] ?? [],
      '127.0.0.1',
      'localhost',
      new URL(api.url).hostname,
    ]
    return {
      // Values that are undefined were left out.
      ...(Object.fromEntries(passed) as Record<string, string>),
      PATH: [this.#bin, path.dirname(process.execPath), env['PATH'] ?? ''].join(path.delimiter),
      HOME: home,
      TMPDIR: temporary,
      // Packages that were fetched once are fetched again from there.
      npm_config_cache: env['npm_config_cache'] ?? path.join(users, '.npm'),
      no_proxy: direct.flat().join(','),
      NO_PROXY: direct.flat().join(','),
      CURL_HOME: this.folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      STAND_IN_FOLDER: this.#docker,
      STAND_IN_PATH: env['PATH'] ?? '',
      ...(nodeImage === undefined ? {} : { STAND_IN_NODE_IMAGE: nodeImage }),
    }
  }

  /** Tells CodeBuild what becomes of a build. */
  async reportBuild(build: { readonly id: string } & Readonly<Record<string, unknown>>): Promise<void> {
    await tell(this.#options.endpoint, PATHS.builds, { ...build, endTime: new Date() })
  }

  /** Removes what a build has left on this machine, as its own machine would go with it. */
  async clear(folder: string): Promise<void> {
    if (existsSync(path.join(this.#docker, 'built'))) {
      // An image that is left is no reason for a build to fail.
      await run(process.execPath, [DOCKER, 'clear'], { env: this.environment(folder) }).catch(() => undefined)
    }
    rmSync(folder, { recursive: true, force: true })
  }

  /** Removes what builds have left whose player was killed, and says that they have ended. */
  async clearAll(open: readonly string[]): Promise<void> {
    for (const id of open)
      await this.reportBuild({ id, buildStatus: 'STOPPED', currentPhase: 'COMPLETED', buildComplete: true })
    for (const build of existsSync(this.#builds) ? readdirSync(this.#builds) : [])
      await this.clear(this.buildFolder(build))
  }

  #lay(aws: string): void {
    const { api } = this.#options
    mkdirSync(this.#bin, { recursive: true })
    mkdirSync(this.#docker, { recursive: true })
    this.#program('aws', `exec '${aws}' --endpoint-url "$AWS_ENDPOINT_URL" "$@"`)
    this.#program('docker', `exec '${process.execPath}' '${DOCKER}' "$@"`)
    const { hostname, port, protocol } = new URL(api.url)
    const from = `${hostname}:${port || (protocol === 'https:' ? '443' : '80')}`
    const { connectTo, ca } = api
    const lines = [
      `connect-to = "${from}:${connectTo.host}:${connectTo.port}"`,
      ...(ca === undefined ? [] : [`cacert = "${ca}"`]),
    ]
    writeFileSync(path.join(this.folder, '.curlrc'), `${lines.join('\n')}\n`)
  }

  #program(name: string, line: string): void {
    const file = path.join(this.#bin, name)
    writeFileSync(file, `#!/bin/sh\n${line}\n`)
    chmodSync(file, 0o755)
  }
}
