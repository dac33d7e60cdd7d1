import { readFileSync } from 'node:fs'
import path from 'node:path'
import { MUTANTS } from './mutants.ts'
import { type Patch, patchedTexts } from './patching.ts'
import { TIMING } from './timing.ts'

const ROOT = path.join(import.meta.dirname, '../../../..')
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')

test.each<[string, readonly Patch[]]>([
  ['the shorter times', []],
  ...Object.entries(MUTANTS).map(([name, { patches }]): [string, readonly Patch[]] => [name, patches]),
])('%s: each text to be replaced stands in its file exactly once', (_, patches) => {
  const texts = patchedTexts([...TIMING, ...patches], textOf)

  for (const [file, text] of texts) expect(text).not.toBe(textOf(file))
})

describe('a patch', () => {
  const patch: Patch = { file: 'a.ts', find: 'one', replace: 'two' }

  test('replaces its text, and the next one of the same file sees that', () => {
    const patches = [patch, { file: 'a.ts', find: 'two, three', replace: '$& four' }]

    expect(patchedTexts(patches, () => 'one, three')).toEqual(new Map([['a.ts', '$& four']]))
  })

  test.each([
    ['is missing', 'nobody', 0],
    ['stands there twice', 'one, one', 2],
  ])('whose text %s is refused', (_, text, times) => {
    expect(() => patchedTexts([patch], () => text)).toThrow(
      `a.ts has this text ${times} times; wanted: once\none`,
    )
  })
})
