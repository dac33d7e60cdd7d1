import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readBuildspec } from './buildspec.ts'

const BUILDSPECS = path.resolve(import.meta.dirname, '../../../../../infra/src/delivery/buildspecs')

const spec = (more = '', phases = 'build: { commands: [make] }'): string =>
  `version: 0.2\nenv: { shell: bash }\nphases: { ${phases} }\n${more}`

test.each(['build', 'promote', 'smoke', 'undo'])('%s of this repository is played whole', (name) => {
  const { phases } = readBuildspec(readFileSync(path.join(BUILDSPECS, `${name}.yml`), 'utf8'))

  expect(phases.flatMap(({ commands }) => commands).length).toBeGreaterThan(2)
})

test('phases come in their order, whatever theirs in the file', () => {
  const { phases } = readBuildspec(
    spec('', 'post_build: { commands: [tell] }, build: { commands: [make], finally: [clean] }'),
  )

  expect(phases).toEqual([
    { name: 'build', commands: ['make'], finally: ['clean'] },
    { name: 'post_build', commands: ['tell'], finally: [] },
  ])
})

test('what is kept, handed over and told is read', () => {
  const read = readBuildspec(
    'version: 0.2\nenv: { shell: bash, variables: { A: 1 }, exported-variables: [TAG] }\n' +
      'phases: { install: { runtime-versions: { nodejs: 22 } }, build: { commands: [make] } }\n' +
      'artifacts: { files: ["*.json"], base-directory: out }\ncache: { paths: [".cache/**/*", .turbo/cache/*] }\n',
  )

  expect(read).toMatchObject({
    variables: { A: '1' },
    exported: ['TAG'],
    artifacts: { files: ['*.json'], folder: 'out' },
    cached: ['.cache', '.turbo/cache'],
    notPlayed: ['nodejs 22'],
  })
})

test.each([
  ['version: 0.1', "the buildspec's version is 0.1; wanted: 0.2"],
  ['version: 0.2\nphases: {}', "the buildspec's shell is undefined; wanted: bash"],
  [spec('batch: {}'), 'the buildspec has batch, which is not played'],
  [spec('', 'build: { on-failure: CONTINUE }'), 'phases: build: on-failure, which is not played'],
  [spec('cache: { paths: [/opt/store/**/*] }'), 'the path /opt/store/**/*; wanted: a folder in the sources'],
  [spec('cache: { paths: [../x/**/*] }'), 'wanted: a folder in the sources'],
  [spec('', 'build: { commands: make }'), 'the buildspec has "make"; wanted: a list'],
])('%j is refused', (text, message) => {
  expect(() => readBuildspec(text)).toThrow(message)
})
