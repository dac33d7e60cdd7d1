import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** What would let a clock, chance or the outside in, with a line that has to be caught. */
const FORBIDDEN = [
  {
    what: 'an import from outside the folder',
    pattern: /\bfrom\s+'(?!\.\/)/,
    caught: "import x from 'node:fs'",
  },
  { what: 'an import from a folder above', pattern: /'\.\.\//, caught: "export * from '../other.ts'" },
  { what: 'an import for its effect', pattern: /\bimport\s*['"]/, caught: "import 'node:fs'" },
  { what: 'an import at run time', pattern: /\b(import|require)\s*\(/, caught: "await import('./cart.ts')" },
  { what: 'the clock', pattern: /\bDate\s*\.\s*now\b|\bperformance\b/, caught: 'Date.now()' },
  { what: 'the time of the call', pattern: /\bDate\s*\(\s*\)|\bnew\s+Date\b(?!\s*\()/, caught: 'new Date()' },
  { what: 'chance', pattern: /\bMath\s*\.\s*random\b|\bcrypto\b/, caught: 'Math.random()' },
  { what: 'the process', pattern: /\bprocess\b|\bglobalThis\b/, caught: 'process.env' },
] as const

const sources = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
)

test('there are sources to look at', () => {
  expect(sources).toContain('decide.ts')
})

describe.each(FORBIDDEN)('no source of the domain has $what', ({ pattern, caught }) => {
  test('which this test would catch', () => {
    expect(caught).toMatch(pattern)
  })

  test.each(sources)('%s', (file) => {
    const code = withoutComments(readFileSync(path.join(__dirname, file), 'utf8'))

    expect(code).not.toMatch(pattern)
  })
})

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}
