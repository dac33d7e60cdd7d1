import { resolved } from './variables.ts'

test('what other actions told stands in a configuration', () => {
  const variables = { Image: { IMAGE_TAG: 'c1' }, Source: { BranchName: 'main' } }

  expect(
    resolved({ CustomData: 'Deploys #{Image.IMAGE_TAG} of #{Source.BranchName}', Plain: '#1' }, variables),
  ).toEqual({
    CustomData: 'Deploys c1 of main',
    Plain: '#1',
  })
})

test('what nobody told is refused', () => {
  expect(() => resolved({ CustomData: '#{Image.IMAGE_TAG}' }, {})).toThrow(
    'CustomData names #{Image.IMAGE_TAG}, which no action before it told',
  )
})
