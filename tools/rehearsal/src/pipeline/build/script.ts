import path from 'node:path'
import type { Buildspec, Phase, PhaseName } from './buildspec.ts'

/** What the shell tells of itself, between the lines that commands write. */
export type Told =
  | { readonly kind: 'phase'; readonly phase: PhaseName }
  | { readonly kind: 'command'; readonly command: number }
  | { readonly kind: 'export'; readonly name: string; readonly value: string }

export interface Script {
  /** For bash; its exit code says whether the build succeeded. */
  readonly text: string
  /** By the numbers that are told: each is to be a file `command-<number>`. */
  readonly commands: readonly string[]
}

/**
 * All commands of a buildspec in one shell, as CodeBuild runs them: what fails ends its phase; after `build` comes `post_build`
 * in any case, and after the others nothing (CodeBuild user guide, "Build phase transitions").
 *
 * @param mark begins what the shell itself tells; no command writes it by chance
 * @param folder where the commands' files are going to be
 */
export function scriptOf({ phases, exported }: Buildspec, mark: string, folder: string): Script {
  const commands: string[] = []
  const shown = exported.map(
    (name) =>
      `printf '\\n%s export %s %s\\n' '${mark}' ${name} "$(printf %s "\${${name}-}" | base64 | tr -d '\\n')"`,
  )
  const one = (command: string): string => {
    commands.push(command)
    const number = commands.length - 1
    // A command may be any text, and one that exits ends the build.
    return `printf '\\n%s command ${number}\\n' '${mark}'\n. ${quoted(path.join(folder, `command-${number}`))}`
  }
  const list = (items: readonly string[], status: string): string =>
    items.map((command) => `if [ "$${status}" = 0 ]; then ${one(command)}\n${status}=$?; fi`).join('\n')
  const text = [
    // One stream keeps what is said in its order.
    'exec 2>&1',
    'played_build=0 played_early=0',
    `played_end() { played_code=$?; ${shown.join('; ') || ':'}; exit "$played_code"; }`,
    'trap played_end EXIT',
    ...phases.map((phase) => phaseText(phase, mark, list)),
    'exit "$played_build"',
    '',
  ].join('\n')
  return { text, commands }
}

function phaseText(
  { name, commands, finally: after }: Phase,
  mark: string,
  list: (items: readonly string[], status: string) => string,
): string {
  // Where `build` failed, `post_build` goes on; where anything before it did, it does not.
  const condition = name === 'post_build' ? '"$played_early" = 0' : '"$played_build" = 0'
  const isEarly = name === 'install' || name === 'pre_build'
  return [
    `if [ ${condition} ]; then`,
    `printf '\\n%s phase ${name}\\n' '${mark}'`,
    'played_phase=0',
    list(commands, 'played_phase'),
    ...(after.length === 0 ? [] : ['played_finally=0', list(after, 'played_finally')]),
    ...(after.length === 0 ? [] : ['if [ "$played_finally" != 0 ]; then played_phase=$played_finally; fi']),
    'if [ "$played_phase" != 0 ]; then played_build=$played_phase; ' +
      (isEarly ? 'played_early=1; ' : '') +
      'fi',
    'export CODEBUILD_BUILD_SUCCEEDING=$([ "$played_build" = 0 ] && echo 1 || echo 0)',
    'fi',
  ].join('\n')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** What a line tells, if the shell itself wrote it. */
export function toldBy(line: string, mark: string): Told | undefined {
  const [own, kind, what = '', value = ''] = line.split(' ')
  if (own !== mark) return undefined
  if (kind === 'phase') return { kind, phase: what as PhaseName } // written by scriptOf
  if (kind === 'command') return { kind, command: Number(what) }
  return { kind: 'export', name: what, value: Buffer.from(value, 'base64').toString() }
}
