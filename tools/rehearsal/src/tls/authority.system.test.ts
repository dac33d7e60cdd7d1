import { existsSync } from 'node:fs'
import { Authority } from './authority.ts'

test("the authority's key is gone when it is closed", async () => {
  const authority = await Authority.create()
  const { cert, key } = await authority.issue(['a.example', '10.0.0.1'])
  expect(cert).toContain('BEGIN CERTIFICATE')
  expect(key).toContain('PRIVATE KEY')
  expect(existsSync(authority.folder)).toBe(true)

  await authority.close()

  expect(existsSync(authority.folder)).toBe(false)
})
