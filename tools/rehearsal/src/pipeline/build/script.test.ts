import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Phase } from './buildspec.ts'
import { scriptOf, toldBy } from './script.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "script's-"))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As bash runs it; of what it tells only phases and exported values. */
function run(phases: readonly Partial<Phase>[], exported: readonly string[] = []) {
  const complete = phases.map((phase) => ({ name: 'build' as const, commands: [], finally: [], ...phase }))
  const buildspec = { variables: {}, exported, phases: complete, cached: [], notPlayed: [] }
  const { text, commands } = scriptOf(buildspec, 'MARK', folder)
  for (const [number, command] of commands.entries())
    writeFileSync(path.join(folder, `command-${number}`), command)
  const { status, stdout } = spawnSync('bash', ['-c', text], { encoding: 'utf8' })
  const lines = stdout.split('\n')
  const told = lines.flatMap((line) => toldBy(line, 'MARK') ?? [])
  return {
    status,
    said: lines.filter((line) => line !== '' && toldBy(line, 'MARK') === undefined),
    phases: told.flatMap((one) => (one.kind === 'phase' ? [one.phase] : [])),
    exported: Object.fromEntries(
      told.flatMap((one) => (one.kind === 'export' ? [[one.name, one.value]] : [])),
    ),
  }
}

test('all commands share one shell, and what was asked for is told at the end', () => {
  const ended = run(
    [
      { name: 'install', commands: ['A=1', 'export B="it\'s 2"'] },
      { name: 'build', commands: ['echo "$A $B" >&2', 'TAG=$(printf "x\\ny")'] },
    ],
    ['TAG', 'B', 'NONE'],
  )

  expect(ended).toEqual({
    status: 0,
    said: ["1 it's 2"],
    phases: ['install', 'build'],
    exported: { TAG: 'x\ny', B: "it's 2", NONE: '' },
  })
})

test('a command that fails ends its phase; its cleaning up is done, and what comes after a build', () => {
  const ended = run([
    { name: 'build', commands: ['echo one', 'false', 'echo two'], finally: ['echo clean'] },
    { name: 'post_build', commands: ['echo "succeeding: $CODEBUILD_BUILD_SUCCEEDING"'] },
  ])

  expect(ended).toMatchObject({ status: 1, said: ['one', 'clean', 'succeeding: 0'] })
})

test('nothing comes after a preparation that fails', () => {
  const ended = run([
    { name: 'pre_build', commands: ['(exit 7)'] },
    { name: 'build', commands: ['echo build'] },
    { name: 'post_build', commands: ['echo after'] },
  ])

  expect(ended).toMatchObject({ status: 7, said: [], phases: ['pre_build'] })
})

test('a command that leaves ends the build, and what was asked for is told still', () => {
  const ended = run([{ commands: ['TAG=1; exit 3', 'echo never'] }], ['TAG'])

  expect(ended).toMatchObject({ status: 3, said: [], exported: { TAG: '1' } })
})

test('cleaning up that fails makes the phase fail', () => {
  expect(run([{ commands: ['true'], finally: ['false'] }])).toMatchObject({ status: 1 })
})
