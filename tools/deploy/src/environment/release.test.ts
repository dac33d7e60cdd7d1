import { isReleased } from './release.ts'

const parameter = (values: object) => ({
  outputs: {},
  resources: [
    {
      address: 'aws_ssm_parameter.it',
      type: 'aws_ssm_parameter',
      values: { name: '/cartwright-dev/release', ...values },
    },
  ],
})

test.each([
  [{ insecure_value: 'none' }, false],
  [{ insecure_value: '0123abc' }, true],
  // As the provider reads one that was taken over.
  [{ insecure_value: null, value: 'none' }, false],
  [{ insecure_value: null, value: '0123abc' }, true],
])('%j: an image was released is %s', (values, released) => {
  expect(isReleased(parameter(values))).toBe(released)
})

test('where nothing is deployed nothing is released', () => {
  expect(isReleased({ outputs: {}, resources: [] })).toBe(false)
})
