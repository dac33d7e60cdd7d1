import { checkOrder } from './promote.ts'

test('an environment takes over what the one has proven that its file names', () => {
  expect(() => checkOrder({ name: 'staging' }, { name: 'prod', promotesFrom: 'staging' })).not.toThrow()
})

test.each([
  [
    'dev',
    { name: 'prod', promotesFrom: 'staging' },
    'prod takes over images of staging, not of dev (promotesFrom in environments/prod.ts); wanted: npm run promote -- staging prod',
  ],
  [
    'prod',
    { name: 'dev', promotesFrom: '' },
    'dev takes over no images (promotesFrom in environments/dev.ts is empty); wanted: npm run release -- dev',
  ],
])('not from %s to %j', (from, to, message) => {
  expect(() => checkOrder({ name: from }, to)).toThrow(message)
})
