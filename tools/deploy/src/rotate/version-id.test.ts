import { isAfter, versionAfter } from './version-id.ts'

const born = new Date('2026-11-21T20:38:36Z')
const changed = new Date('2026-11-22T08:00:00.250Z')
const before = { current: 'terraform-20261121203836123400000001', born, changed }

test('the same version follows the same', () => {
  expect(versionAfter(before)).toBe(versionAfter({ ...before }))
})

test.each([
  ['version', { current: 'another' }],
  ['group', { born: changed }],
  ['change of the token', { changed: born }],
  ['group whose token never changed', { changed: undefined }],
])('another one follows another %s', (_, other) => {
  expect(versionAfter({ ...before, ...other })).not.toBe(versionAfter(before))
})

test.each([before, { ...before, changed: undefined }])('Secrets Manager takes it', (one) => {
  expect(versionAfter(one)).toMatch(/^[\w-]{32,64}$/)
})

test('what a version follows is known whatever has become of the token', () => {
  const version = versionAfter(before)

  expect(isAfter(version, { ...before, changed: born })).toBe(true)
  expect(isAfter(version, { ...before, current: 'another' })).toBe(false)
  expect(isAfter(version, { ...before, born: changed })).toBe(false)
  expect(isAfter('f8d0cf0b-6a3c-4a5e-8c8c-0d5e2f0a1b2c', before)).toBe(false)
})
