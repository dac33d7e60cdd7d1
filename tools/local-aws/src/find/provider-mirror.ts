import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { LocalAwsProblem } from '../problem.ts'
import { setting } from '../settings.ts'

/** What makes a folder a mirror of the AWS provider (Terraform CLI configuration, `filesystem_mirror`). */
const HOST = 'registry.terraform.io'
const AWS = path.join(HOST, 'hashicorp', 'aws')

/** The search ends here: so many levels below each place, so many folders in all. */
const DEPTH = 2
const MOST_FOLDERS = 2_000

export interface ProviderMirror {
  readonly folder: string
  /** The providers that it holds: `registry.terraform.io/hashicorp/aws`. */
  readonly providers: readonly string[]
}

/**
 * The mirror that is set, or one that is found where such mirrors usually are.
 *
 * @param places where to look; below them too, but not deep
 * @throws {LocalAwsProblem} if the one that is set is none
 */
export function findProviderMirror(
  env: NodeJS.ProcessEnv,
  places: readonly string[] = usualPlaces(env),
): ProviderMirror | undefined {
  const set = setting('CARTWRIGHT_PROVIDER_MIRROR', env)
  if (set === 'none') return undefined
  if (set !== undefined) {
    if (holdsAws(set)) return mirrorIn(path.resolve(set))
    throw new LocalAwsProblem(
      `CARTWRIGHT_PROVIDER_MIRROR is "${set}"; wanted: a folder that holds ${AWS}, or "none"`,
    )
  }
  let looked = 0
  let level = [...places]
  for (let depth = 0; depth <= DEPTH; depth += 1) {
    const found = level.find(holdsAws)
    if (found !== undefined) return mirrorIn(found)
    looked += level.length
    if (looked > MOST_FOLDERS) return undefined
    level = level.flatMap(foldersIn)
  }
  return undefined
}

function usualPlaces(env: NodeJS.ProcessEnv): string[] {
  const home = env['HOME'] || homedir()
  // The first ones are those that Terraform itself looks at ("implied local mirror directories").
  return [
    path.join(home, '.terraform.d/plugins'),
    path.join(env['XDG_DATA_HOME'] || path.join(home, '.local/share'), 'terraform/plugins'),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    '/opt',
    '/srv',
    home,
  ]
}

function holdsAws(folder: string): boolean {
  return existsSync(path.join(folder, AWS))
}

function mirrorIn(folder: string): ProviderMirror {
  const namespaces = foldersIn(path.join(folder, HOST))
  return {
    folder,
    providers: namespaces.flatMap(foldersIn).map((provider) => path.relative(folder, provider)),
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('node_modules'))
      .map(({ name }) => path.join(folder, name))
  } catch {
    return []
  }
}
