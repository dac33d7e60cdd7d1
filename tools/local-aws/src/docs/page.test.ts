import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readGaps } from '../gaps.ts'
import { localAwsPage } from './page.ts'

test('docs/reference/local-aws.md is what node tools/local-aws/src/docs/write.ts writes', () => {
  const page = path.join(import.meta.dirname, '../../../../docs/reference/local-aws.md')

  expect(readFileSync(page, 'utf8')).toBe(localAwsPage())
})

test('each gap has a key of its own, and no cell is empty', () => {
  const gaps = readGaps()

  expect(new Set(gaps.map(({ key }) => key)).size).toBe(gaps.length)
  expect(gaps.flatMap((gap) => Object.values(gap)).filter((cell) => cell.length === 0)).toEqual([])
})
