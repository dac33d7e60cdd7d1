import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
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

/** What of this machine's environment builds see: how to reach the package registry, and nothing that is the user's own. */
const PASSED =
  /^(HOME|LANG|LC_\w+|(https?|no|all)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|npm_config_(registry|cache|userconfig))$/i

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

  /** Where the stand-in for Docker notes what it has made. */
  get #docker(): string {
    return path.join(this.folder, 'docker')
  }

  /** @param folder the build's own */
  environment(folder: string): Readonly<Record<string, string>> {
    const { env, nodeImage } = this.#options
    const temporary = path.join(folder, 'tmp')
    mkdirSync(temporary, { recursive: true })
    const passed = Object.entries(env).filter(([name, value]) => PASSED.test(name) && value !== undefined)
    return {
      // Values that are undefined were left out.
      ...(Object.fromEntries(passed) as Record<string, string>),
      PATH: [this.#bin, path.dirname(process.execPath), env['PATH'] ?? ''].join(path.delimiter),
      TMPDIR: temporary,
      CURL_HOME: this.folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      // No settings of real accounts.
      AWS_CONFIG_FILE: path.join(this.folder, 'none'),
      AWS_SHARED_CREDENTIALS_FILE: path.join(this.folder, 'none'),
      STAND_IN_FOLDER: this.#docker,
      ...(nodeImage === undefined ? {} : { STAND_IN_NODE_IMAGE: nodeImage }),
    }
  }

  /** Tells CodeBuild what becomes of a build. */
  async reportBuild(build: { readonly id: string } & Readonly<Record<string, unknown>>): Promise<void> {
    await tell(this.#options.endpoint, PATHS.builds, { ...build, endTime: new Date() })
  }

  /** Removes the images that a build has left on this machine, as its own machine would go with them. */
  async clear(): Promise<void> {
    const notes = path.join(this.#docker, 'built')
    if (!existsSync(notes)) return
    await run(process.execPath, [DOCKER, 'clear'], { env: { ...process.env, STAND_IN_FOLDER: this.#docker } })
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
