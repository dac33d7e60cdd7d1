import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
const imports = (file: string): string[] =>
  [...readFileSync(path.join(import.meta.dirname, file), 'utf8').matchAll(/from '([^']+)'/g)].map(
    ([, from]) => String(from),
  )

test('cdktf comes in through one door', () => {
  const importers = sources.filter((file) =>
    imports(file).some((from) => /^(cdktf|constructs)(\/|$)/.test(from)),
  )

  expect(importers).toEqual([path.join('terraform', 'index.ts')])
})

test('resources are imported one by one, never the provider as a whole', () => {
  expect(sources.flatMap(imports).filter((from) => from.startsWith('@cdktf/'))).toEqual([])
})

test('nothing that runs here leads to an application', () => {
  const running = sources.filter((file) => !file.endsWith('.test.ts') && !file.startsWith('test'))

  expect(running.flatMap(imports).filter((from) => /apps\/|packages\//.test(from))).toEqual([])
})
