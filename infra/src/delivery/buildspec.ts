import { readFileSync } from 'node:fs'
import path from 'node:path'

/** What a project of CodeBuild does, each in a file of `buildspecs`. */
export type BuildspecName = 'build' | 'promote' | 'smoke' | 'undo'

/**
 * The text of a buildspec, which becomes part of the project. It could as well be a path in the sources, but then whoever
 * can push to the branch decides what is done with the project's rights; so it changes by a deploy, together with those
 * rights, and staging and prod run what was deployed there, whatever a branch says.
 *
 * Terraform would take the shell's braces for its own.
 */
export function readBuildspec(name: BuildspecName): string {
  const text = readFileSync(path.join(import.meta.dirname, 'buildspecs', `${name}.yml`), 'utf8')
  // By a function: in a text, `$$` would mean one `$`.
  return text.replaceAll(/[$%]\{/g, (found) => `${found[0]}${found}`)
}
