import manifest from '../../../../package.json' with { type: 'json' }
import { CART_API_ARGS } from './server.ts'

test('the cart API is measured with the arguments that npm start gives it', () => {
  const measured = CART_API_ARGS.map((argument) => argument.replace(/^.*\/apps\//, 'apps/'))

  expect(manifest.scripts.start.endsWith(` ${measured.join(' ')}`)).toBe(true)
})
