import { readOptions } from './options.ts'

test('without options the commit is built as cartwright/cart-api', () => {
  expect(readOptions([])).toEqual({
    command: 'build',
    repository: 'cartwright/cart-api',
    tag: undefined,
    nodeImage: undefined,
  })
})

test('name, tag and base can be given', () => {
  const args = ['--repository', 'registry.example.com:5000/shop/api', '--tag', '1.2', '--node-image', 'own']

  expect(readOptions(args)).toEqual({
    command: 'build',
    repository: 'registry.example.com:5000/shop/api',
    tag: '1.2',
    nodeImage: 'own',
  })
})

test('a folder can be filled for another builder', () => {
  expect(readOptions(['--context', 'out'])).toEqual({ command: 'context', folder: 'out' })
})

test.each([
  [['now'], '"now" is too much; wanted: options'],
  [['--tag', 'a b'], '--tag is "a b"; wanted: at most 128 letters, digits, dots, underlines and hyphens'],
  [['--repository', 'Shop'], '--repository is "Shop"; wanted: one like cartwright/cart-api'],
  [['--context', 'out', '--tag', '1'], '--context stands alone, with a folder; got "--context out --tag 1"'],
  [['--push'], "Unknown option '--push'"],
])('%j says what is wanted', (args, message) => {
  expect(() => readOptions(args)).toThrow(message)
})
