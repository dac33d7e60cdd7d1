import { directivesOf } from './directives.ts'

test('a quarter of the memory is reserved, and what may expire is evicted, unless something else is declared', () => {
  const { directives, notRehearsed } = directivesOf({}, 'cache.t4g.micro')

  expect(directives).toEqual({ 'maxmemory-policy': 'volatile-lru', maxmemory: '402653184' })
  expect(notRehearsed).toEqual([])
})

test.each([
  [{ 'reserved-memory-percent': '50' }, '7018590515'],
  [{ 'reserved-memory-percent': '0' }, '14037181030'],
  [{ 'reserved-memory': '37181030' }, '14000000000'],
])('what %j leaves of a cache.r7g.large is %s bytes', (parameters, maxmemory) => {
  expect(directivesOf(parameters, 'cache.r7g.large').directives).toMatchObject({ maxmemory })
})

test('what redis-server has no such parameter for is told', () => {
  const parameters = { 'maxmemory-policy': 'noeviction', timeout: '300', 'close-on-replica-write': 'yes' }

  const { directives, notRehearsed } = directivesOf(parameters, 'cache.t4g.small')

  expect(directives).toEqual({ 'maxmemory-policy': 'noeviction', timeout: '300', maxmemory: '1103269725' })
  expect(notRehearsed).toEqual(['parameter close-on-replica-write: it is not set here'])
})

test.each(['cache.x9z.large', 'cache.t4g.huge', 'nonsense'])('an unknown type, %s, is told', (nodeType) => {
  const { directives, notRehearsed } = directivesOf({}, nodeType)

  expect(directives).not.toHaveProperty('maxmemory')
  expect(notRehearsed).toEqual([`node type ${nodeType}: its memory is not known here, nothing limits it`])
})
