import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readEnvironments } from '@cartwright/environments'
import { EXCEPTIONS } from '../exceptions.ts'
import { RULES } from '../rules/index.ts'
import { policyPage } from './page.ts'

const PAGE = readFileSync(path.join(import.meta.dirname, '../../../../docs/reference/policy.md'), 'utf8')

test('docs/reference/policy.md is what node tools/policy/src/docs/write.ts writes', async () => {
  // That of the mutations takes seconds to make: random.test.ts holds it.
  const mutations = PAGE.slice(PAGE.indexOf('\nOf ', PAGE.indexOf('## What the rules miss')) + 1).trimEnd()

  expect(PAGE).toBe(policyPage(await readEnvironments({}), mutations))
})

test('every rule and every exception has a row', async () => {
  const rows = policyPage(await readEnvironments({}), '').split('\n')

  const missing = [
    ...RULES.filter(({ id, wants }) => !rows.some((row) => row.startsWith(`| \`${id}\` | ${wants}`))),
    ...EXCEPTIONS.filter(
      ({ rule, at, accepted }) =>
        !rows.some((row) => row.startsWith(`| \`${rule}\` | \`${at}\``) && row.endsWith(`| ${accepted} |`)),
    ),
  ]

  expect(missing).toEqual([])
})
