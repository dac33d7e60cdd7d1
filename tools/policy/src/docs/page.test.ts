import { readFileSync } from 'node:fs'
import path from 'node:path'
import { EXCEPTIONS } from '../exceptions.ts'
import { RULES } from '../rules/index.ts'
import { policyPage } from './page.ts'

test('docs/reference/policy.md is what node tools/policy/src/docs/write.ts writes', () => {
  const page = path.join(import.meta.dirname, '../../../../docs/reference/policy.md')

  expect(readFileSync(page, 'utf8')).toBe(policyPage())
})

test('every rule and every exception has a row', () => {
  const rows = policyPage().split('\n')

  const missing = [
    ...RULES.filter(({ id, wants }) => !rows.some((row) => row.startsWith(`| \`${id}\` | ${wants}`))),
    ...EXCEPTIONS.filter(
      ({ rule, at, accepted }) =>
        !rows.some((row) => row.startsWith(`| \`${rule}\` | \`${at}\``) && row.endsWith(`| ${accepted} |`)),
    ),
  ]

  expect(missing).toEqual([])
})
