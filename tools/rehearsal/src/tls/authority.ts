import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { RehearsalProblem } from '../problem.ts'

const run = promisify(execFile)

/** Days; a rehearsal is over long before. */
const LIFETIME = 30

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A certificate authority of this process alone, whose key is gone when it is closed. */
export class Authority {
  /** For clients: `NODE_EXTRA_CA_CERTS`, `curl --cacert`. */
  readonly certificate: string
  /** Holds its key until then. */
  readonly folder: string

  private constructor(folder: string, certificate: string) {
    this.folder = folder
    this.certificate = certificate
  }

  /**
   * @param parent an existing folder
   * @throws {RehearsalProblem} where there is no openssl: Node can read certificates, and cannot make them
   */
  static async create(parent = tmpdir()): Promise<Authority> {
    const folder = await mkdtemp(path.join(parent, 'rehearsal-ca-'))
    try {
      await openssl(folder, [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'],
        ...['-keyout', 'ca.key', '-out', 'ca.pem', '-days', String(LIFETIME)],
        ...['-subj', '/CN=Rehearsal certificate authority'],
        ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign'],
      ])
      return new Authority(folder, await readFile(path.join(folder, 'ca.pem'), 'utf8'))
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** @param names host names, also with `*.`, and addresses */
  async issue(names: readonly string[]): Promise<Certificate> {
    const folder = await mkdtemp(path.join(this.folder, 'leaf-'))
    const alternatives = names.map((name) => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`)
    await writeFile(
      path.join(folder, 'leaf.ext'),
      [
        'basicConstraints=critical,CA:FALSE',
        'keyUsage=critical,digitalSignature,keyEncipherment',
        'extendedKeyUsage=serverAuth',
        `subjectAltName=${alternatives.join(',')}`,
      ].join('\n'),
    )
    // RSA, as ACM issues by default: clients choose their ciphers by it.
    await openssl(folder, [
      ...['req', '-newkey', 'rsa:2048', '-noenc', '-keyout', 'leaf.key', '-out', 'leaf.csr'],
      ...['-subj', '/CN=Rehearsal'],
    ])
    await openssl(folder, [
      ...['x509', '-req', '-in', 'leaf.csr', '-CA', '../ca.pem', '-CAkey', '../ca.key', '-CAcreateserial'],
      ...['-out', 'leaf.pem', '-days', String(LIFETIME), '-sha256', '-extfile', 'leaf.ext'],
    ])
    const [cert, key] = await Promise.all(
      ['leaf.pem', 'leaf.key'].map((name) => readFile(path.join(folder, name), 'utf8')),
    )
    return { cert: cert ?? '', key: key ?? '' }
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  try {
    await run('openssl', [...args], { cwd })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new RehearsalProblem(
        'TLS needs openssl, which is not installed: "apt-get install openssl", "brew install openssl"',
        {
          cause: error,
        },
      )
    throw new Error('openssl cannot make a certificate', { cause: error })
  }
}
