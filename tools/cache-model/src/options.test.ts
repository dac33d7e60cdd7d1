import { BadOptions, HELP, listOfRules, readOptions } from './options.ts'
import { RULES } from './rules.ts'

test('sizes, a rule to break and progress are read', () => {
  const args = '--procs 3 --writes 2 --reads 1 --epochs 2 --returns 1 --break get-when-ripe --progress'.split(
    ' ',
  )

  expect(readOptions(args)).toEqual({
    sizes: { processes: 3, writes: 2, reads: 1, epochs: 2, returns: 1 },
    broken: 'get-when-ripe',
    progress: true,
  })
})

test('without options, the whole protocol in a small size', () => {
  expect(readOptions([])).toEqual({
    sizes: { processes: 2, writes: 1, reads: 3, epochs: 0, returns: 0 },
    broken: undefined,
    progress: false,
  })
})

test.each([
  [['--procs', '0']],
  [['--reads', 'two']],
  [['--writes', '10']],
  [['--returns', '2']],
  [['--break', 'fence']],
  [['--fast']],
])('%j is refused', (args) => {
  expect(() => readOptions(args)).toThrow(BadOptions)
})

test('help names every option, the list every rule', () => {
  for (const name of ['procs', 'writes', 'reads', 'epochs', 'returns', 'break', 'progress', 'list', 'help']) {
    expect(HELP).toContain(`--${name} `)
  }
  for (const { id, says } of RULES) expect(listOfRules()).toContain(`${id}\n    ${says}`)
  expect([readOptions(['--help']), readOptions(['--list'])]).toEqual(['help', 'list'])
})
